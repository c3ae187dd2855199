using System.Numerics;
using System.Runtime.InteropServices;

namespace Gradus;

/// <summary>
/// AdaGrad: s += g², then w -= rate · g / (√s + ε): what has had large gradients moves less. Weight decay adds decay · w to g.
/// </summary>
/// <remarks>Duchi, Hazan and Singer 2011, "Adaptive subgradient methods for online learning and stochastic optimization", figure 1, with the diagonal matrix.</remarks>
public sealed class AdaGrad : Optimizer
{
    private readonly float _epsilon;

    /// <summary>AdaGrad over one group of parameters.</summary>
    /// <param name="parameters">What to train.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="epsilon">Keeps the denominator from 0.</param>
    /// <param name="weightDecay">The L2 penalty's coefficient.</param>
    public AdaGrad(IEnumerable<Parameter> parameters, float learningRate = 0.01f, float epsilon = 1e-10f, float weightDecay = 0)
        : base(parameters, learningRate, weightDecay) => _epsilon = epsilon;

    /// <summary>AdaGrad over several groups.</summary>
    public AdaGrad(IReadOnlyList<ParameterGroup> groups, float epsilon = 1e-10f)
        : base(groups) => _epsilon = epsilon;

    /// <inheritdoc/>
    protected override int StatesPerParameter => 1;

    /// <inheritdoc/>
    protected override void Update(ParameterGroup group, Span<float> values, ReadOnlySpan<float> gradient, OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(group);
        float rate = group.LearningRate, decay = group.WeightDecay;
        var sums = state[0];
        int i = 0;
        ref float w = ref MemoryMarshal.GetReference(values), g = ref MemoryMarshal.GetReference(gradient), s = ref MemoryMarshal.GetReference(sums);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var weight = Vector.LoadUnsafe(ref w, (nuint)i);
            var slope = Vector.FusedMultiplyAdd(weight, new Vector<float>(decay), Vector.LoadUnsafe(ref g, (nuint)i));
            var sum = Vector.FusedMultiplyAdd(slope, slope, Vector.LoadUnsafe(ref s, (nuint)i));
            sum.StoreUnsafe(ref s, (nuint)i);
            (weight - rate * slope / (Vector.SquareRoot(sum) + new Vector<float>(_epsilon))).StoreUnsafe(ref w, (nuint)i);
        }

        for (; i < values.Length; i++)
        {
            float slope = MathF.FusedMultiplyAdd(values[i], decay, gradient[i]);
            sums[i] = MathF.FusedMultiplyAdd(slope, slope, sums[i]);
            values[i] -= rate * slope / (MathF.Sqrt(sums[i]) + _epsilon);
        }
    }
}
