using System.Numerics;

namespace Gradus.Kernels;

/// <summary>Activations and their masks over spans.</summary>
internal static class Activations
{
    /// <summary>gradient where y is positive, else 0: ReLU's derivative from its output.</summary>
    public static unsafe void MaskRelu(ReadOnlySpan<float> y, ReadOnlySpan<float> gradient, Span<float> masked)
    {
        fixed (float* a = y, b = gradient, c = masked)
        {
            Elementwise.Run(new Elementwise.Operands(a, b, c, masked.Length), static (o, start, length) =>
                LaneLoops.Derive<ReluMask>([], o.A(start, length), o.B(start, length), o.C(start, length)));
        }
    }

    private readonly struct ReluMask : ILaneDerivative
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y, Vector<float> dy) =>
            Vector.ConditionalSelect(Vector.LessThanOrEqual(y, Vector<float>.Zero), Vector<float>.Zero, dy);
    }
}
