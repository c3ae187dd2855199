using System.Numerics.Tensors;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>The mean of every window, as many windows as the output has pixels.</summary>
internal sealed class AdaptiveAveragePool2d(Size2d size) : AdaptivePoolingOperation(size)
{
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs) => new(PooledShape(inputs[0])) { BackwardReads = Reads.None };

    internal override BlockedForm? OverBlocks(ReadOnlySpan<Shape> inputs)
    {
        var window = CommonWindow(inputs[0]);
        return window == 0 ? null : new(new BlockedAveragePool2d(new AveragePool2d(window, window, 0, countsPadding: false)));
    }

    protected override void ForwardPlane(Frame f, int plane, in Planes p)
    {
        var x = f.Input(0).Slice(plane * p.Size, p.Size);
        var y = f.Output.Slice(plane * p.OutSize, p.OutSize);
        for (int row = 0, index = 0; row < p.OutHeight; row++)
        {
            var (top, bottom) = Seen(row, p.Height, p.OutHeight);
            for (int column = 0; column < p.OutWidth; column++, index++)
            {
                var (left, right) = Seen(column, p.Width, p.OutWidth);
                float sum = 0;
                for (int i = top; i < bottom; i++) sum += Reductions.Sum(x[(i * p.Width + left)..(i * p.Width + right)]);
                y[index] = sum / ((bottom - top) * (right - left));
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
            var (top, bottom) = Seen(row, p.Height, p.OutHeight);
            for (int column = 0; column < p.OutWidth; column++, index++)
            {
                var (left, right) = Seen(column, p.Width, p.OutWidth);
                float share = dy[index] / ((bottom - top) * (right - left));
                for (int i = top; i < bottom; i++)
                {
                    var seen = dx[(i * p.Width + left)..(i * p.Width + right)];
                    TensorPrimitives.Add(seen, share, seen);
                }
            }
        }
    }
}

/// <summary>Adaptive average pooling of tensors.</summary>
public static class AdaptiveAveragePool2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>The means of windows that cover pictures <c>[n, c, h, w]</c>, as many as the output has pixels.</summary>
        /// <param name="size">The output's height and width, each at least 1.</param>
        /// <returns><c>[n, c, height, width]</c>.</returns>
        /// <exception cref="ShapeException">The input is not four-dimensional or has no pixel.</exception>
        public Tensor AdaptiveAveragePool2d(Size2d size) => new AdaptiveAveragePool2d(size).Apply(x);
    }
}
