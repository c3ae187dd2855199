using System.Numerics.Tensors;

namespace Gradus.Kernels;

/// <summary>Element-wise loops over long spans, shared by the team in tiles.</summary>
internal static class Elementwise
{
    /// <summary>Elements of one tile: 32 KiB of output, enough to outweigh the hand-over of a tile.</summary>
    public const int Tile = 8192;

    public static unsafe void Add(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> sum)
    {
        fixed (float* a = x, b = y, c = sum)
        {
            Run(new Operands(a, b, c, sum.Length), static (o, start, length) =>
                TensorPrimitives.Add(o.A(start, length), o.B(start, length), o.C(start, length)));
        }
    }

    /// <summary>Runs the body over tiles of the output.</summary>
    public static void Run(Operands operands, Action<Operands, int, int> body) =>
        Workers.Run((operands.Count + Tile - 1) / Tile, (operands, body), static (s, tile) =>
            s.body(s.operands, tile * Tile, Math.Min(Tile, s.operands.Count - tile * Tile)));

    /// <summary>Two inputs and an output of the same length.</summary>
    public readonly unsafe struct Operands(float* a, float* b, float* c, int count)
    {
        private readonly float* _a = a, _b = b, _c = c;

        public int Count => count;

        public ReadOnlySpan<float> A(int start, int length) => new(_a + start, length);

        public ReadOnlySpan<float> B(int start, int length) => new(_b + start, length);

        public Span<float> C(int start, int length) => new(_c + start, length);
    }
}
