using System.Runtime.InteropServices;
using Gradus.Graph;

namespace Gradus.Ops;

/// <summary>The maximum of every window; padding never wins, NaN does. The gradient goes to the first maximum.</summary>
/// <remarks>Ranzato, Huang, Boureau and LeCun 2007, "Unsupervised learning of invariant feature hierarchies".</remarks>
internal sealed class MaxPool2d(Size2d kernel, Size2d stride, Padding2d padding) : PoolingOperation(kernel, stride, padding)
{
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var output = OutputShape(inputs[0]);
        return new Signature(output)
        {
            Saved = [output], // the place of each maximum in its plane, as the bits of a whole number
            BackwardReads = Reads.None,
        };
    }

    internal override BlockedForm? OverBlocks(ReadOnlySpan<Shape> inputs) => new(new BlockedMaxPool2d(this));

    protected override void ForwardPlane(Frame f, int plane, in Planes p)
    {
        var x = f.Input(0).Slice(plane * p.Size, p.Size);
        var y = f.Output.Slice(plane * p.OutSize, p.OutSize);
        var places = MemoryMarshal.Cast<float, int>(f.Saved(0).Slice(plane * p.OutSize, p.OutSize));
        int index = 0;
        for (int row = 0; row < p.OutHeight; row++)
        {
            var (top, bottom) = p.Rows(row);
            for (int column = 0; column < p.OutWidth; column++, index++)
            {
                var (left, right) = p.Columns(column);
                int place = top * p.Width + left;
                float best = x[place];
                for (int i = top; i < bottom; i++)
                {
                    for (int j = left; j < right; j++)
                    {
                        float value = x[i * p.Width + j];
                        if (value <= best || float.IsNaN(best)) continue; // a NaN value passes, a NaN maximum stays
                        (best, place) = (value, i * p.Width + j);
                    }
                }

                (y[index], places[index]) = (best, place);
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

/// <summary>Max-pooling of tensors.</summary>
public static class MaxPool2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>The maximum of every window of pictures <c>[n, c, h, w]</c>; windows stand side by side, without padding.</summary>
        /// <returns><c>[n, c, h / kernel, w / kernel]</c>, rounded down.</returns>
        /// <exception cref="ShapeException">The kernel is larger than the picture.</exception>
        public Tensor MaxPool2d(Size2d kernel) => x.MaxPool2d(kernel, kernel, 0);

        /// <summary>The maximum of every window of pictures <c>[n, c, h, w]</c>.</summary>
        /// <param name="kernel">The window.</param>
        /// <param name="stride">How far it moves from output to output, at least 1.</param>
        /// <param name="padding">Rows and columns around the picture that never win; smaller than the kernel.</param>
        /// <returns><c>[n, c, out height, out width]</c> with out = (size + padding - kernel) / stride + 1, rounded down.</returns>
        /// <exception cref="ShapeException">The kernel is larger than the padded picture.</exception>
        public Tensor MaxPool2d(Size2d kernel, Size2d stride, Padding2d padding) => new MaxPool2d(kernel, stride, padding).Apply(x);
    }
}
