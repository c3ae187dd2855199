using Gradus;
using Gradus.Kernels;

namespace Bench;

/// <summary>[m, k] times [k, n] into a new [m, n].</summary>
[Runs("matmul", Side.Gradus)]
internal sealed class GradusMatmul : Contender
{
    private Tensor _left = null!, _right = null!, _product = null!;

    public override void Prepare(Sizes sizes, int threads)
    {
        Workers.Threads = threads;
        _left = Uniform([sizes["m"], sizes["k"]]);
        _right = Uniform([sizes["k"], sizes["n"]]);
        _product = Tensor.Zeros([sizes["m"], sizes["n"]]);
    }

    public override void Step() => MatrixMultiplication.Multiply(
        _left.Span, false, _right.Span, false, _product.Span, _left.Shape[0], _right.Shape[1], _left.Shape[1]);

    private static Tensor Uniform(Shape shape)
    {
        var tensor = Tensor.Zeros(shape);
        new RandomSource(1).Uniform(tensor.Span);
        return tensor;
    }
}
