using System.Numerics.Tensors;
using Gradus.Graph;

namespace Gradus.Ops;

/// <summary>The mean of every window; zeros of the padding count or not.</summary>
internal sealed class AveragePool2d(Size2d kernel, Size2d stride, Padding2d padding, bool countsPadding) : PoolingOperation(kernel, stride, padding)
{
    public override object Settings => (base.Settings, countsPadding);

    public bool CountsPadding => countsPadding;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs) => new(OutputShape(inputs[0])) { BackwardReads = Reads.None };

    internal override BlockedForm? OverBlocks(ReadOnlySpan<Shape> inputs) => new(new BlockedAveragePool2d(this));

    protected override void ForwardPlane(Frame f, int plane, in Planes p)
    {
        var x = f.Input(0).Slice(plane * p.Size, p.Size);
        var y = f.Output.Slice(plane * p.OutSize, p.OutSize);
        for (int row = 0, index = 0; row < p.OutHeight; row++)
        {
            var (top, bottom) = p.Rows(row);
            for (int column = 0; column < p.OutWidth; column++, index++)
            {
                var (left, right) = p.Columns(column);
                float sum = 0;
                for (int i = top; i < bottom; i++)
                    for (int j = left; j < right; j++) sum += x[i * p.Width + j];
                y[index] = sum / Divisor(bottom - top, right - left);
            }
        }
    }

    protected override void BackwardPlane(Frame f, int plane, in Planes p)
    {
        var dx = f.InputGradient(0).Slice(plane * p.Size, p.Size);
        var dy = f.OutputGradient.Slice(plane * p.OutSize, p.OutSize);
        dx.Clear();
        for (int row = 0, index = 0; row < p.OutHeight; row++)
        {
            var (top, bottom) = p.Rows(row);
            for (int column = 0; column < p.OutWidth; column++, index++)
            {
                var (left, right) = p.Columns(column);
                float share = dy[index] / Divisor(bottom - top, right - left);
                for (int i = top; i < bottom; i++)
                {
                    var seen = dx.Slice(i * p.Width + left, right - left);
                    TensorPrimitives.Add(seen, share, seen);
                }
            }
        }
    }

    private int Divisor(int height, int width) => countsPadding ? Kernel.Height * Kernel.Width : height * width;
}

/// <summary>Average pooling of tensors.</summary>
public static class AveragePool2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>The mean of every window of pictures <c>[n, c, h, w]</c>; windows stand side by side, without padding.</summary>
        /// <returns><c>[n, c, h / kernel, w / kernel]</c>, rounded down.</returns>
        /// <exception cref="ShapeException">The kernel is larger than the picture.</exception>
        public Tensor AveragePool2d(Size2d kernel) => x.AveragePool2d(kernel, kernel, 0);

        /// <summary>The mean of every window of pictures <c>[n, c, h, w]</c>.</summary>
        /// <param name="kernel">The window.</param>
        /// <param name="stride">How far it moves from output to output, at least 1.</param>
        /// <param name="padding">Zeros around the picture; smaller than the kernel.</param>
        /// <param name="countsPadding">True if the zeros of the padding count in the mean, as PyTorch's default does.</param>
        /// <returns><c>[n, c, out height, out width]</c> with out = (size + padding - kernel) / stride + 1, rounded down.</returns>
        /// <exception cref="ShapeException">The kernel is larger than the padded picture.</exception>
        public Tensor AveragePool2d(Size2d kernel, Size2d stride, Padding2d padding, bool countsPadding = true) =>
            new AveragePool2d(kernel, stride, padding, countsPadding).Apply(x);
    }
}
