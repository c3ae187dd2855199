using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Gradus.Kernels;

/// <summary>
/// Statistics and affine maps per channel of <c>[images, channels, plane]</c>. Channels are handled in blocks: one by one where
/// planes are long, and <see cref="Block"/> at a time, as vectors across channels, where a plane is a single number.
/// </summary>
internal readonly struct ChannelNormalization(int images, int channels, int plane)
{
    /// <summary>Channels of one block: four cache lines of each row.</summary>
    public const int Block = 64;

    /// <summary>Elements of each channel.</summary>
    public int Each => images * plane;

    private int Channels => channels;

    /// <summary>Runs the body for every block: its first channel and how many there are.</summary>
    public void ForBlocks<TState>(TState state, Action<TState, ChannelNormalization, int, int> body)
    {
        int size = plane == 1 ? Block : 1;
        Tiles.Run((channels + size - 1) / size, 4L * images * channels * plane, (state, body, k: this, size), static (s, block) =>
            s.body(s.state, s.k, block * s.size, Math.Min(s.size, s.k.Channels - block * s.size)));
    }

    /// <summary>Mean and biased variance, in two passes, since one pass cancels digits where the mean is large.</summary>
    public void Statistics(ReadOnlySpan<float> x, int first, Span<float> mean, Span<float> variance)
    {
        if (plane > 1)
        {
            double sum = 0;
            for (int image = 0; image < images; image++) sum += Reductions.Sum(Plane(x, image, first));
            mean[0] = (float)(sum / Each);
            double squares = 0;
            for (int image = 0; image < images; image++)
                squares += Reductions.Sum<SquaredDeviationTerm>(Plane(x, image, first), Plane(x, image, first), mean[0]);
            variance[0] = (float)(squares / Each);
            return;
        }

        mean.Clear();
        for (int image = 0; image < images; image++) TensorPrimitives.Add(mean, Row(x, image, first, mean.Length), mean);
        TensorPrimitives.Divide(mean, Each, mean);
        variance.Clear();
        Span<float> deviation = stackalloc float[Block];
        deviation = deviation[..mean.Length];
        for (int image = 0; image < images; image++)
        {
            TensorPrimitives.Subtract(Row(x, image, first, mean.Length), mean, deviation);
            TensorPrimitives.MultiplyAdd(deviation, deviation, variance, variance);
        }

        TensorPrimitives.Divide(variance, Each, variance);
    }

    /// <summary>sums = Σ dy and dots = Σ dy (x - mean).</summary>
    public void GradientSums(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, int first, ReadOnlySpan<float> mean, Span<float> sums, Span<float> dots)
    {
        if (plane > 1)
        {
            double sum = 0, dot = 0;
            for (int image = 0; image < images; image++)
            {
                sum += Reductions.Sum(Plane(dy, image, first));
                dot += Reductions.Sum<CenteredProductTerm>(Plane(dy, image, first), Plane(x, image, first), mean[0]);
            }

            (sums[0], dots[0]) = ((float)sum, (float)dot);
            return;
        }

        sums.Clear();
        dots.Clear();
        Span<float> deviation = stackalloc float[Block];
        deviation = deviation[..mean.Length];
        for (int image = 0; image < images; image++)
        {
            var row = Row(dy, image, first, mean.Length);
            TensorPrimitives.Add(sums, row, sums);
            TensorPrimitives.Subtract(Row(x, image, first, mean.Length), mean, deviation);
            TensorPrimitives.MultiplyAdd(deviation, row, dots, dots);
        }
    }

    /// <summary>y = scale · x + shift.</summary>
    public void ScaleAndShift(ReadOnlySpan<float> x, int first, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, Span<float> y)
    {
        for (int image = 0; image < images; image++)
        {
            if (plane > 1) Affine(Plane(x, image, first), scale[0], shift[0], y.Slice(Start(image, first), plane));
            else TensorPrimitives.MultiplyAdd(Row(x, image, first, scale.Length), scale, shift, y.Slice(Start(image, first), scale.Length));
        }
    }

    /// <summary>dx = a · dy + b · x + c.</summary>
    public void Combine(ReadOnlySpan<float> dy, ReadOnlySpan<float> x, int first, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, Span<float> dx)
    {
        for (int image = 0; image < images; image++)
        {
            var target = dx.Slice(Start(image, first), plane > 1 ? plane : a.Length);
            if (plane > 1)
            {
                Affine(Plane(x, image, first), b[0], c[0], target);
                TensorPrimitives.MultiplyAdd(Plane(dy, image, first), a[0], target, target);
            }
            else
            {
                TensorPrimitives.MultiplyAdd(Row(x, image, first, a.Length), b, c, target);
                TensorPrimitives.MultiplyAdd(Row(dy, image, first, a.Length), a, target, target);
            }
        }
    }

    private static void Affine(ReadOnlySpan<float> x, float scale, float shift, Span<float> y)
    {
        var (scales, shifts) = (new Vector<float>(scale), new Vector<float>(shift));
        ref float from = ref MemoryMarshal.GetReference(x), to = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i <= y.Length - Vector<float>.Count; i += Vector<float>.Count)
            (Vector.LoadUnsafe(ref from, (nuint)i) * scales + shifts).StoreUnsafe(ref to, (nuint)i);
        for (; i < y.Length; i++) y[i] = x[i] * scale + shift;
    }

    private int Start(int image, int channel) => (image * channels + channel) * plane;

    private ReadOnlySpan<float> Plane(ReadOnlySpan<float> x, int image, int channel) => x.Slice(Start(image, channel), plane);

    private ReadOnlySpan<float> Row(ReadOnlySpan<float> x, int image, int first, int length) => x.Slice(Start(image, first), length);
}
