using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// C = op(A) op(B) over the last two axes, where op is the identity or the transpose (which copies nothing); the axes before
/// them are batch axes and broadcast. d op(A) = dC op(B)ᵀ, d op(B) = op(A)ᵀ dC.
/// </summary>
/// <remarks>Giles 2008, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation", section 2.2.2.</remarks>
internal sealed class MatMul(bool transposeA, bool transposeB) : Operation
{
    /// <summary>Multiply-adds from which one product is worth sharing by itself; smaller ones are shared product by product.</summary>
    private const long LargeProduct = 1 << 21;

    // inputs: a [batch..., m, k] (or [..., k, m]), b [batch..., k, n] (or [..., n, k])
    public override object Settings => (transposeA, transposeB);

    public bool TransposeA => transposeA;

    public bool TransposeB => transposeB;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var (a, b) = (inputs[0], inputs[1]);
        Require(a.Rank >= 2 && b.Rank >= 2, $"a matrix product needs two axes on each side; got {a} and {b}: add one with Reshape");
        int m = a[transposeA ? ^1 : ^2], k = a[transposeA ? ^2 : ^1], n = b[transposeB ? ^2 : ^1];
        Require(k == b[transposeB ? ^1 : ^2], $"{a}{Mark(transposeA)} times {b}{Mark(transposeB)}: the inner sizes {k} and {b[transposeB ? ^1 : ^2]} differ");
        var batch = Shape.Broadcast(a[..^2], b[..^2]);
        return new Signature(Shape.Of([.. batch.Sizes, m, n]));
    }

    protected internal override long MultiplyAdds(ReadOnlySpan<Shape> inputs, Shape output) => (long)output.Count * inputs[0][transposeA ? ^2 : ^1];

    protected internal override void Forward(Frame f)
    {
        var s = new Sizes(f, this);
        if (s.FoldsRows) Product(f.Input(0), false, f.Input(1), transposeB, f.Output, s.Batch * s.M, s.N, s.K);
        else ForEachProduct(this, f, s, static (operation, f, s, i) => Product(
            s.A(f, i), operation.TransposeA, s.B(f, i), operation.TransposeB, f.Output.Slice(i * s.M * s.N, s.M * s.N), s.M, s.N, s.K));
    }

    protected internal override void Backward(Frame f)
    {
        var s = new Sizes(f, this);
        if (f.Wants(0)) BackwardA(f, s);
        if (f.Wants(1)) BackwardB(f, s);
    }

    private void BackwardA(Frame f, Sizes s)
    {
        if (s.FoldsRows)
        {
            Product(f.OutputGradient, false, f.Input(1), !transposeB, f.InputGradient(0), s.Batch * s.M, s.K, s.N);
        }
        else if (s.RepeatsA)
        {
            f.InputGradient(0).Clear();
            for (int i = 0; i < s.Batch; i++) OneA(f, s, i, accumulate: true);
        }
        else
        {
            ForEachProduct(this, f, s, static (operation, f, s, i) => operation.OneA(f, s, i, accumulate: false));
        }
    }

    private void BackwardB(Frame f, Sizes s)
    {
        if (s.FoldsRows)
        {
            int rows = s.Batch * s.M;
            if (transposeB) Product(f.OutputGradient, true, f.Input(0), false, f.InputGradient(1), s.N, s.K, rows);
            else Product(f.Input(0), true, f.OutputGradient, false, f.InputGradient(1), s.K, s.N, rows);
        }
        else if (s.RepeatsB)
        {
            f.InputGradient(1).Clear();
            for (int i = 0; i < s.Batch; i++) OneB(f, s, i, accumulate: true);
        }
        else
        {
            ForEachProduct(this, f, s, static (operation, f, s, i) => operation.OneB(f, s, i, accumulate: false));
        }
    }

    private void OneA(Frame f, Sizes s, int i, bool accumulate)
    {
        var gradient = f.InputGradient(0).Slice(s.IndexA(f, i) * s.M * s.K, s.M * s.K);
        if (transposeA) Product(s.B(f, i), transposeB, s.Dy(f, i), true, gradient, s.K, s.M, s.N, accumulate);
        else Product(s.Dy(f, i), false, s.B(f, i), !transposeB, gradient, s.M, s.K, s.N, accumulate);
    }

    private void OneB(Frame f, Sizes s, int i, bool accumulate)
    {
        var gradient = f.InputGradient(1).Slice(s.IndexB(f, i) * s.K * s.N, s.K * s.N);
        if (transposeB) Product(s.Dy(f, i), true, s.A(f, i), transposeA, gradient, s.N, s.K, s.M, accumulate);
        else Product(s.A(f, i), !transposeA, s.Dy(f, i), false, gradient, s.K, s.N, s.M, accumulate);
    }

    private static void Product(
        ReadOnlySpan<float> a, bool transposeA, ReadOnlySpan<float> b, bool transposeB, Span<float> c, int m, int n, int k, bool accumulate = false)
    {
        if (m == 0 || n == 0) return;
        if (k > 0) MatrixMultiplication.Multiply(a, transposeA, b, transposeB, c, m, n, k, accumulate);
        else if (!accumulate) c.Clear();
    }

    private static void ForEachProduct(MatMul operation, Frame f, Sizes s, Action<MatMul, Frame, Sizes, int> product)
    {
        long work = (long)s.M * s.N * s.K;
        if (work >= LargeProduct) for (int i = 0; i < s.Batch; i++) product(operation, f, s, i);
        else Tiles.Run(s.Batch, work * s.Batch, (operation, f, s, product), static (t, i) => t.product(t.operation, t.f, t.s, i));
    }

    private static string Mark(bool transposed) => transposed ? "ᵀ" : "";

    private readonly struct Sizes
    {
        public readonly int M, N, K, Batch;
        public readonly bool RepeatsA, RepeatsB, FoldsRows;

        public Sizes(Frame f, MatMul operation)
        {
            var (a, b, c) = (f.InputShape(0), f.InputShape(1), f.OutputShape);
            M = c[^2];
            N = c[^1];
            K = a[operation.TransposeA ? ^2 : ^1];
            Batch = 1;
            foreach (int size in c.Sizes[..^2]) Batch *= size;
            RepeatsA = !SameBatch(a, c);
            RepeatsB = !SameBatch(b, c);
            // every batch entry of A meets the same B: its rows are one tall matrix
            FoldsRows = b.Rank == 2 && !operation.TransposeA && !RepeatsA;
        }

        public ReadOnlySpan<float> A(Frame f, int i) => f.Input(0).Slice(IndexA(f, i) * M * K, M * K);

        public ReadOnlySpan<float> B(Frame f, int i) => f.Input(1).Slice(IndexB(f, i) * K * N, K * N);

        public ReadOnlySpan<float> Dy(Frame f, int i) => f.OutputGradient.Slice(i * M * N, M * N);

        public int IndexA(Frame f, int i) => RepeatsA ? BatchIndex(f.InputShape(0), f.OutputShape, i) : i;

        public int IndexB(Frame f, int i) => RepeatsB ? BatchIndex(f.InputShape(1), f.OutputShape, i) : i;

        private static bool SameBatch(Shape input, Shape output)
        {
            // leading axes of size 1 that the input lacks repeat nothing
            int extra = output.Rank - input.Rank;
            foreach (int size in output.Sizes[..extra]) if (size != 1) return false;
            return input.Sizes[..^2].SequenceEqual(output.Sizes[extra..^2]);
        }

        /// <summary>Which of the input's matrices the output's matrix number <paramref name="index"/> is computed from.</summary>
        private static int BatchIndex(Shape input, Shape output, int index)
        {
            int result = 0, step = 1;
            for (int i = 3; i <= output.Rank; i++)
            {
                int place = index % output[^i];
                index /= output[^i];
                if (i > input.Rank) break;
                if (input[^i] != 1) result += place * step;
                step *= input[^i];
            }

            return result;
        }
    }
}

/// <summary>Matrix products on tensors.</summary>
public static class MatMulExtensions
{
    extension(Tensor a)
    {
        /// <summary>The matrix product over the last two axes; the axes before them broadcast.</summary>
        /// <param name="b"><c>[..., k, n]</c>, or <c>[..., n, k]</c> if <paramref name="transposeB"/>.</param>
        /// <param name="transposeA">a is <c>[..., k, m]</c> and is read transposed, without a copy.</param>
        /// <param name="transposeB">b is <c>[..., n, k]</c> and is read transposed, without a copy.</param>
        /// <returns><c>[..., m, n]</c> for a <c>[..., m, k]</c>.</returns>
        /// <exception cref="ShapeException">The inner sizes differ, or the batch axes do not broadcast.</exception>
        public Tensor MatMul(Tensor b, bool transposeA = false, bool transposeB = false) => new MatMul(transposeA, transposeB).Apply(a, b);
    }
}
