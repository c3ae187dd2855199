using System.Runtime.InteropServices;
using Gradus.Graph;

namespace Gradus.Ops;

/// <summary>The maximum of every window, as many windows as the output has pixels; NaN wins. The gradient goes to the first maximum.</summary>
internal sealed class AdaptiveMaxPool2d(Size2d size) : AdaptivePoolingOperation(size)
{
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var output = PooledShape(inputs[0]);
        return new Signature(output) { Saved = [output], BackwardReads = Reads.None }; // the place of each maximum in its plane, as the bits of a whole number
    }

    internal override BlockedForm? OverBlocks(ReadOnlySpan<Shape> inputs)
    {
        var window = CommonWindow(inputs[0]);
        return window == 0 ? null : new(new BlockedMaxPool2d(new MaxPool2d(window, window, 0)));
    }

    protected override void ForwardPlane(Frame f, int plane, in Planes p)
    {
        var x = f.Input(0).Slice(plane * p.Size, p.Size);
        var y = f.Output.Slice(plane * p.OutSize, p.OutSize);
        var places = MemoryMarshal.Cast<float, int>(f.Saved(0).Slice(plane * p.OutSize, p.OutSize));
        for (int row = 0, index = 0; row < p.OutHeight; row++)
        {
            var (top, bottom) = Seen(row, p.Height, p.OutHeight);
            for (int column = 0; column < p.OutWidth; column++, index++)
            {
                var (left, right) = Seen(column, p.Width, p.OutWidth);
                int place = top * p.Width + left;
                for (int i = top; i < bottom; i++)
                {
                    for (int j = i * p.Width + left; j < i * p.Width + right; j++)
                        if (!(x[j] <= x[place]) && !float.IsNaN(x[place])) place = j; // a NaN value passes, a NaN maximum stays
                }

                (y[index], places[index]) = (x[place], place);
            }
        }
    }

    protected override void BackwardPlane(Frame f, int plane, in Planes p)
    {
        var dx = f.InputGradient(0).Slice(plane * p.Size, p.Size);
        var dy = f.OutputGradient.Slice(plane * p.OutSize, p.OutSize);
        var places = MemoryMarshal.Cast<float, int>(f.Saved(0).Slice(plane * p.OutSize, p.OutSize));
        dx.Clear();
        for (int i = 0; i < dy.Length; i++) dx[places[i]] += dy[i];
    }
}

/// <summary>Adaptive max-pooling of tensors.</summary>
public static class AdaptiveMaxPool2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>The maxima of windows that cover pictures <c>[n, c, h, w]</c>, as many as the output has pixels.</summary>
        /// <param name="size">The output's height and width, each at least 1.</param>
        /// <returns><c>[n, c, height, width]</c>.</returns>
        /// <exception cref="ShapeException">The input is not four-dimensional or has no pixel.</exception>
        public Tensor AdaptiveMaxPool2d(Size2d size) => new AdaptiveMaxPool2d(size).Apply(x);
    }
}
