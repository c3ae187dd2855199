namespace Gradus;

/// <summary>
/// Adam: m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g², then w -= rate · m̂ / (√v̂ + ε) with m̂ = m / (1 - β₁ᵗ) and
/// v̂ = v / (1 - β₂ᵗ). Weight decay adds decay · w to g.
/// </summary>
/// <remarks>Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1.</remarks>
public sealed class Adam : Optimizer
{
    private readonly AdaptiveMoments _moments;

    /// <summary>Adam over one group of parameters.</summary>
    /// <param name="parameters">What to train.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="beta1">The gradient average's decay, in [0, 1).</param>
    /// <param name="beta2">The squared gradient average's decay, in [0, 1).</param>
    /// <param name="epsilon">Keeps the denominator from 0.</param>
    /// <param name="weightDecay">The L2 penalty's coefficient.</param>
    public Adam(IEnumerable<Parameter> parameters, float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0)
        : base(parameters, learningRate, weightDecay) => _moments = new AdaptiveMoments(beta1, beta2, epsilon, decoupledDecay: false);

    /// <summary>Adam over several groups.</summary>
    public Adam(IReadOnlyList<ParameterGroup> groups, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
        : base(groups) => _moments = new AdaptiveMoments(beta1, beta2, epsilon, decoupledDecay: false);

    /// <inheritdoc/>
    protected override int StatesPerParameter => 2;

    /// <inheritdoc/>
    protected override void BeginStep() => _moments.Begin(Steps);

    /// <inheritdoc/>
    protected override void Update(ParameterGroup group, Span<float> values, ReadOnlySpan<float> gradient, OptimizerState state) =>
        _moments.Update(group, values, gradient, state[0], state[1]);
}
