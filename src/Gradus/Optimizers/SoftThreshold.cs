using System.Numerics;
using System.Runtime.InteropServices;

namespace Gradus;

/// <summary>
/// λ Σ |w| by its proximal step: after the step on the rest of the loss each w becomes sign(w) max(|w| - rate · λ, 0). Weights that matter little
/// become exactly 0 and stay it, where <see cref="L1Penalty"/>'s subgradient would throw them from one side of 0 to the other.
/// </summary>
/// <remarks>
/// Beck and Teboulle 2009, "A fast iterative shrinkage-thresholding algorithm for linear inverse problems", equation 1.5. With plain
/// <see cref="Sgd"/> this is ISTA and minimises loss + λ Σ |w|. Momentum m multiplies the steps on the loss by 1 / (1 - m) and not this one: the
/// strength in effect is then (1 - m) λ. Adaptive rules step by another rate for each weight, for which one threshold minimises no such sum.
/// </remarks>
public sealed class SoftThreshold : Penalty
{
    private readonly float _strength;

    /// <summary>An L1 term with exact zeros.</summary>
    /// <param name="strength">λ, at least 0.</param>
    public SoftThreshold(float strength)
    {
        if (!(strength >= 0)) throw new ArgumentOutOfRangeException(nameof(strength), strength, "a penalty's strength is at least 0");
        _strength = strength;
    }

    /// <inheritdoc/>
    protected internal override void AddGradient(ReadOnlySpan<float> values, Span<float> gradient) { } // all of it is in the proximal step

    /// <inheritdoc/>
    protected internal override void Shrink(Span<float> values, float learningRate)
    {
        float threshold = learningRate * _strength;
        int i = 0;
        ref float w = ref MemoryMarshal.GetReference(values);
        Vector<float> up = new(threshold), down = new(-threshold);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var weight = Vector.LoadUnsafe(ref w, (nuint)i);
            (weight - Vector.Min(Vector.Max(weight, down), up)).StoreUnsafe(ref w, (nuint)i); // within the threshold: w - w, which is 0
        }

        for (; i < values.Length; i++) values[i] -= MathF.Min(MathF.Max(values[i], -threshold), threshold);
    }
}
