using System.Numerics.Tensors;

namespace Gradus.Kernels;

/// <summary>
/// Lays what each tap of a window sees into a row, so that a convolution is a matrix product: the columns are
/// <c>[channels · kernel height · kernel width, out height · out width]</c>.
/// </summary>
/// <remarks>Chellapilla, Puri and Simard 2006, "High performance convolutional neural networks for document processing".</remarks>
internal static class ImageToColumns
{
    /// <summary>columns = what the taps see of one picture; outside the picture they see 0.</summary>
    public static void Unfold(ReadOnlySpan<float> image, Span<float> columns, int channels, int height, int width, in Window2d window)
    {
        int outHeight = window.OutHeight(height), outWidth = window.OutWidth(width), row = 0;
        for (int channel = 0; channel < channels; channel++)
        {
            var plane = image.Slice(channel * height * width, height * width);
            for (int ky = 0; ky < window.Kernel.Height; ky++)
            {
                for (int kx = 0; kx < window.Kernel.Width; kx++, row++)
                {
                    var tap = columns.Slice(row * outHeight * outWidth, outHeight * outWidth);
                    for (int y = 0; y < outHeight; y++)
                    {
                        var line = tap.Slice(y * outWidth, outWidth);
                        int from = y * window.Stride.Height - window.Padding.Top + ky * window.Dilation.Height;
                        if ((uint)from >= (uint)height) line.Clear();
                        else UnfoldLine(plane.Slice(from * width, width), line, kx * window.Dilation.Width - window.Padding.Left, window.Stride.Width);
                    }
                }
            }
        }
    }

    /// <summary>image += the columns, each element added to where its tap saw it: the transpose of <see cref="Unfold"/>.</summary>
    public static void AddFolded(ReadOnlySpan<float> columns, Span<float> image, int channels, int height, int width, in Window2d window)
    {
        int outHeight = window.OutHeight(height), outWidth = window.OutWidth(width), row = 0;
        for (int channel = 0; channel < channels; channel++)
        {
            var plane = image.Slice(channel * height * width, height * width);
            for (int ky = 0; ky < window.Kernel.Height; ky++)
            {
                for (int kx = 0; kx < window.Kernel.Width; kx++, row++)
                {
                    var tap = columns.Slice(row * outHeight * outWidth, outHeight * outWidth);
                    for (int y = 0; y < outHeight; y++)
                    {
                        int to = y * window.Stride.Height - window.Padding.Top + ky * window.Dilation.Height;
                        if ((uint)to >= (uint)height) continue;
                        AddLine(tap.Slice(y * outWidth, outWidth), plane.Slice(to * width, width), kx * window.Dilation.Width - window.Padding.Left, window.Stride.Width);
                    }
                }
            }
        }
    }

    private static void UnfoldLine(ReadOnlySpan<float> from, Span<float> line, int shift, int stride)
    {
        var (first, end) = Inside(from.Length, line.Length, shift, stride);
        line[..first].Clear();
        line[end..].Clear();
        if (first == end) return;
        if (stride == 1) from.Slice(first + shift, end - first).CopyTo(line[first..end]);
        else for (int x = first; x < end; x++) line[x] = from[x * stride + shift];
    }

    private static void AddLine(ReadOnlySpan<float> line, Span<float> to, int shift, int stride)
    {
        var (first, end) = Inside(to.Length, line.Length, shift, stride);
        if (first == end) return;
        if (stride == 1)
        {
            var target = to.Slice(first + shift, end - first);
            TensorPrimitives.Add(target, line[first..end], target);
        }
        else
        {
            for (int x = first; x < end; x++) to[x * stride + shift] += line[x];
        }
    }

    /// <summary>The outputs x for which x · stride + shift lies in [0, width).</summary>
    private static (int First, int End) Inside(int width, int outWidth, int shift, int stride)
    {
        int first = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
        int end = width - 1 - shift < 0 ? 0 : Math.Min(outWidth, (width - 1 - shift) / stride + 1);
        return first < end ? (first, end) : (0, 0);
    }
}
