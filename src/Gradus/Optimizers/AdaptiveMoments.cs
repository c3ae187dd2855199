using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gradus;

/// <summary>The update that Adam and AdamW share, in one pass: each element is read once and written once.</summary>
internal sealed class AdaptiveMoments(float beta1, float beta2, float epsilon, bool decoupledDecay)
{
    private float _firstCorrection, _secondCorrection;

    /// <summary>The bias corrections of one step: 1 / (1 - β₁ᵗ) and 1 / √(1 - β₂ᵗ).</summary>
    public void Begin(long step)
    {
        _firstCorrection = (float)(1 / (1 - Math.Pow(beta1, step)));
        _secondCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step)));
    }

    public void Update(ParameterGroup group, Span<float> values, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second)
    {
        float penalty = decoupledDecay ? 0 : group.WeightDecay;
        float kept = decoupledDecay ? 1 - group.LearningRate * group.WeightDecay : 1;
        float rate = group.LearningRate * _firstCorrection;
        int i = 0;
        ref float w = ref MemoryMarshal.GetReference(values), g = ref MemoryMarshal.GetReference(gradient);
        ref float m = ref MemoryMarshal.GetReference(first), v = ref MemoryMarshal.GetReference(second);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            nuint at = (nuint)i;
            Vector<float> weight = Vector.LoadUnsafe(ref w, at), slope = Vector.LoadUnsafe(ref g, at);
            Vector<float> mean = Vector.LoadUnsafe(ref m, at), square = Vector.LoadUnsafe(ref v, at);
            slope = Vector.FusedMultiplyAdd(weight, new Vector<float>(penalty), slope);
            mean = Vector.FusedMultiplyAdd(mean, new Vector<float>(beta1), slope * (1 - beta1));
            square = Vector.FusedMultiplyAdd(square, new Vector<float>(beta2), slope * slope * (1 - beta2));
            var deviation = Vector.FusedMultiplyAdd(Vector.SquareRoot(square), new Vector<float>(_secondCorrection), new Vector<float>(epsilon));
            mean.StoreUnsafe(ref m, at);
            square.StoreUnsafe(ref v, at);
            (weight * kept - rate * mean / deviation).StoreUnsafe(ref w, at);
        }

        for (; i < values.Length; i++) UpdateOne(ref Unsafe.Add(ref w, i), Unsafe.Add(ref g, i), ref Unsafe.Add(ref m, i), ref Unsafe.Add(ref v, i), penalty, kept, rate);
    }

    // The vector loop's operations in its order: where pieces are cut does not change a bit.
    private void UpdateOne(ref float weight, float slope, ref float mean, ref float square, float penalty, float kept, float rate)
    {
        slope = MathF.FusedMultiplyAdd(weight, penalty, slope);
        mean = MathF.FusedMultiplyAdd(mean, beta1, slope * (1 - beta1));
        square = MathF.FusedMultiplyAdd(square, beta2, slope * slope * (1 - beta2));
        float deviation = MathF.FusedMultiplyAdd(MathF.Sqrt(square), _secondCorrection, epsilon);
        weight = weight * kept - rate * mean / deviation;
    }
}
