using System.Numerics;

namespace Gradus.Kernels;

/// <summary>
/// The discrete Fourier transform X[k] = Σ x[t] exp(-2πi k t / n) of complex numbers, in place and in n log n steps; real and imaginary parts
/// lie in spans of their own.
/// </summary>
/// <remarks>Cooley and Tukey 1965, "An algorithm for the machine calculation of complex Fourier series": radix 2, decimation in time.</remarks>
public static class FourierTransform
{
    /// <summary>Transforms a sequence.</summary>
    /// <param name="real">The real parts; a power of two of them.</param>
    /// <param name="imaginary">The imaginary parts, as many.</param>
    /// <exception cref="ArgumentException">The length is no power of two, or the spans differ in length.</exception>
    public static void Forward(Span<float> real, Span<float> imaginary)
    {
        Require(real.Length, imaginary.Length, real.Length);
        Transform(real, imaginary, 0, 1, real.Length, -1);
    }

    /// <summary>Undoes <see cref="Forward"/>: x[t] = Σ X[k] exp(2πi k t / n) / n.</summary>
    /// <inheritdoc cref="Forward"/>
    public static void Inverse(Span<float> real, Span<float> imaginary)
    {
        Require(real.Length, imaginary.Length, real.Length);
        Transform(real, imaginary, 0, 1, real.Length, 1);
        Divide(real, imaginary);
    }

    /// <summary>Transforms a picture: its rows, then its columns.</summary>
    /// <param name="real">The real parts, <c>[height, width]</c>.</param>
    /// <param name="imaginary">The imaginary parts, <c>[height, width]</c>.</param>
    /// <param name="width">Columns; a power of two, as the rows are.</param>
    /// <exception cref="ArgumentException">A side is no power of two, or the spans differ in length.</exception>
    public static void Forward2d(Span<float> real, Span<float> imaginary, int width) => Transform2d(real, imaginary, width, -1);

    /// <summary>Undoes <see cref="Forward2d"/>.</summary>
    /// <inheritdoc cref="Forward2d"/>
    public static void Inverse2d(Span<float> real, Span<float> imaginary, int width)
    {
        Transform2d(real, imaginary, width, 1);
        Divide(real, imaginary);
    }

    private static void Transform2d(Span<float> real, Span<float> imaginary, int width, int sign)
    {
        Require(real.Length, imaginary.Length, width);
        int height = real.Length / width;
        for (int y = 0; y < height; y++) Transform(real, imaginary, y * width, 1, width, sign);
        for (int x = 0; x < width; x++) Transform(real, imaginary, x, width, height, sign);
    }

    // Element i of the sequence is at first + i · stride.
    private static void Transform(Span<float> real, Span<float> imaginary, int first, int stride, int count, int sign)
    {
        Reverse(real, imaginary, first, stride, count);
        for (int half = 1; half < count; half *= 2)
        {
            for (int k = 0; k < half; k++)
            {
                var (sine, cosine) = Math.SinCos(sign * Math.PI * k / half); // double: an error here would grow with every stage
                var (wr, wi) = ((float)cosine, (float)sine);
                for (int block = k; block < count; block += 2 * half)
                {
                    int a = first + block * stride, b = a + half * stride;
                    float br = wr * real[b] - wi * imaginary[b], bi = wr * imaginary[b] + wi * real[b];
                    (real[b], imaginary[b]) = (real[a] - br, imaginary[a] - bi);
                    (real[a], imaginary[a]) = (real[a] + br, imaginary[a] + bi);
                }
            }
        }
    }

    // Each element changes places with the one whose number has the same bits in the opposite order.
    private static void Reverse(Span<float> real, Span<float> imaginary, int first, int stride, int count)
    {
        for (int i = 1, j = 0; i < count; i++)
        {
            int bit = count >> 1;
            for (; (j & bit) != 0; bit >>= 1) j ^= bit;
            j ^= bit;
            if (i >= j) continue;
            int a = first + i * stride, b = first + j * stride;
            (real[a], real[b]) = (real[b], real[a]);
            (imaginary[a], imaginary[b]) = (imaginary[b], imaginary[a]);
        }
    }

    private static void Divide(Span<float> real, Span<float> imaginary)
    {
        float count = real.Length; // a power of two: the division is exact
        for (int i = 0; i < real.Length; i++) (real[i], imaginary[i]) = (real[i] / count, imaginary[i] / count);
    }

    private static void Require(int count, int other, int width)
    {
        if (count != other) throw new ArgumentException($"a transform needs as many imaginary as real parts; got {count} real and {other} imaginary");
        if (width < 1 || !BitOperations.IsPow2(width) || !BitOperations.IsPow2(count) || count < width)
            throw new ArgumentException($"a transform needs sides that are powers of two; got {count} numbers in rows of {width}");
    }
}
