using System.Numerics;
using System.Runtime.InteropServices;

namespace Gradus;

/// <summary>λ Σ |w|, which drives weights to 0 that matter little; its derivative is λ sign(w), and 0 at 0.</summary>
/// <remarks>Tibshirani 1996, "Regression shrinkage and selection via the lasso". Beside an <see cref="L2Penalty"/> it is the elastic net.</remarks>
/// <param name="strength">λ, at least 0.</param>
public sealed class L1Penalty(float strength) : Penalty
{
    /// <inheritdoc/>
    protected internal override void AddGradient(ReadOnlySpan<float> values, Span<float> gradient)
    {
        int i = 0;
        ref float w = ref MemoryMarshal.GetReference(values), g = ref MemoryMarshal.GetReference(gradient);
        Vector<float> zero = Vector<float>.Zero, up = new(strength), down = new(-strength);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var weight = Vector.LoadUnsafe(ref w, (nuint)i);
            var slope = Vector.ConditionalSelect(Vector.GreaterThan(weight, zero), up, Vector.ConditionalSelect(Vector.LessThan(weight, zero), down, zero));
            (Vector.LoadUnsafe(ref g, (nuint)i) + slope).StoreUnsafe(ref g, (nuint)i);
        }

        for (; i < values.Length; i++) gradient[i] += values[i] > 0 ? strength : values[i] < 0 ? -strength : 0;
    }
}
