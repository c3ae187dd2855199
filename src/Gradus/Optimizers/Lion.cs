using System.Numerics;
using System.Runtime.InteropServices;

namespace Gradus;

/// <summary>
/// Lion: w -= rate · (sign(β₁ m + (1 - β₁) g) + decay · w), then m = β₂ m + (1 - β₂) g. Every element moves by the rate alone, so that
/// the rate is three to ten times smaller than Adam's, and the decay as much larger.
/// </summary>
/// <remarks>Chen et al. 2023, https://arxiv.org/abs/2302.06675, algorithm 2.</remarks>
public sealed class Lion : Optimizer
{
    private readonly float _beta1, _beta2;

    /// <summary>Lion over one group of parameters.</summary>
    /// <param name="parameters">What to train.</param>
    /// <param name="learningRate">The step size of every element.</param>
    /// <param name="beta1">How much of the average goes into the sign, in [0, 1).</param>
    /// <param name="beta2">The average's decay, in [0, 1).</param>
    /// <param name="weightDecay">The share of a weight that a step at rate 1 would take away.</param>
    public Lion(IEnumerable<Parameter> parameters, float learningRate = 1e-4f, float beta1 = 0.9f, float beta2 = 0.99f, float weightDecay = 0)
        : base(parameters, learningRate, weightDecay) => (_beta1, _beta2) = (beta1, beta2);

    /// <summary>Lion over several groups.</summary>
    public Lion(IReadOnlyList<ParameterGroup> groups, float beta1 = 0.9f, float beta2 = 0.99f)
        : base(groups) => (_beta1, _beta2) = (beta1, beta2);

    /// <inheritdoc/>
    protected override int StatesPerParameter => 1;

    /// <inheritdoc/>
    protected override void Update(ParameterGroup group, Span<float> values, ReadOnlySpan<float> gradient, OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(group);
        float rate = group.LearningRate, kept = 1 - group.LearningRate * group.WeightDecay;
        var means = state[0];
        int i = 0;
        ref float w = ref MemoryMarshal.GetReference(values), g = ref MemoryMarshal.GetReference(gradient), m = ref MemoryMarshal.GetReference(means);
        Vector<float> zero = Vector<float>.Zero, up = new(rate), down = new(-rate);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            nuint at = (nuint)i;
            Vector<float> slope = Vector.LoadUnsafe(ref g, at), mean = Vector.LoadUnsafe(ref m, at);
            var mixed = Vector.FusedMultiplyAdd(mean, new Vector<float>(_beta1), slope * (1 - _beta1));
            Vector.FusedMultiplyAdd(mean, new Vector<float>(_beta2), slope * (1 - _beta2)).StoreUnsafe(ref m, at);
            var move = Vector.ConditionalSelect(Vector.GreaterThan(mixed, zero), up, Vector.ConditionalSelect(Vector.LessThan(mixed, zero), down, mixed));
            (Vector.LoadUnsafe(ref w, at) * kept - move).StoreUnsafe(ref w, at);
        }

        for (; i < values.Length; i++)
        {
            float mixed = MathF.FusedMultiplyAdd(means[i], _beta1, gradient[i] * (1 - _beta1));
            means[i] = MathF.FusedMultiplyAdd(means[i], _beta2, gradient[i] * (1 - _beta2));
            values[i] = values[i] * kept - (mixed > 0 ? rate : mixed < 0 ? -rate : mixed); // 0 stays, and NaN is not hidden behind a sign
        }
    }
}
