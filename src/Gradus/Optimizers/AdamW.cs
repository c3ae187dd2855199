namespace Gradus;

/// <summary>
/// Adam with decoupled weight decay: w -= rate · decay · w beside <see cref="Adam"/>'s update, instead of a penalty that the
/// second moment would scale away.
/// </summary>
/// <remarks>Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101, algorithm 2, with the schedule in the learning rate as PyTorch has it.</remarks>
public sealed class AdamW : Optimizer
{
    private readonly AdaptiveMoments _moments;

    /// <summary>AdamW over one group of parameters.</summary>
    /// <param name="parameters">What to train.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="beta1">The gradient average's decay, in [0, 1).</param>
    /// <param name="beta2">The squared gradient average's decay, in [0, 1).</param>
    /// <param name="epsilon">Keeps the denominator from 0.</param>
    /// <param name="weightDecay">The share of a weight that a step at rate 1 would take away.</param>
    public AdamW(IEnumerable<Parameter> parameters, float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0.01f)
        : base(parameters, learningRate, weightDecay) => _moments = new AdaptiveMoments(beta1, beta2, epsilon, decoupledDecay: true);

    /// <summary>AdamW over several groups.</summary>
    public AdamW(IReadOnlyList<ParameterGroup> groups, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
        : base(groups) => _moments = new AdaptiveMoments(beta1, beta2, epsilon, decoupledDecay: true);

    /// <inheritdoc/>
    protected override int StatesPerParameter => 2;

    /// <inheritdoc/>
    protected override void BeginStep() => _moments.Begin(Steps);

    /// <inheritdoc/>
    protected override void Update(ParameterGroup group, Span<float> values, ReadOnlySpan<float> gradient, OptimizerState state) =>
        _moments.Update(group, values, gradient, state[0], state[1]);
}
