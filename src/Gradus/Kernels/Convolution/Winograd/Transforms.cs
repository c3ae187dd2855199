using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels.Convolution.Winograd;

/// <summary>
/// The transforms of F(2x2, 3x3), 16 channels at a time: additions alone for activations, halves for weights. A transformed patch is 16
/// vectors, <c>step</c> floats apart.
/// </summary>
/// <remarks>Lavin and Gray 2016, equation 12: Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A.</remarks>
internal static unsafe class Transforms
{
    /// <summary>Bᵀ d B of a patch of 4x4 pixels, given by its four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Patch(float* first, float* second, float* third, float* fourth, float* to, nint step)
    {
        Vector512<float> b0 = Pixel(second, 0), b1 = Pixel(second, 1), b2 = Pixel(second, 2), b3 = Pixel(second, 3);
        Vector512<float> c0 = Pixel(third, 0), c1 = Pixel(third, 1), c2 = Pixel(third, 2), c3 = Pixel(third, 3);
        PatchRow(Pixel(first, 0) - c0, Pixel(first, 1) - c1, Pixel(first, 2) - c2, Pixel(first, 3) - c3, to, step);
        PatchRow(b0 + c0, b1 + c1, b2 + c2, b3 + c3, to + (4 * step), step);
        PatchRow(c0 - b0, c1 - b1, c2 - b2, c3 - b3, to + (8 * step), step);
        PatchRow(b0 - Pixel(fourth, 0), b1 - Pixel(fourth, 1), b2 - Pixel(fourth, 2), b3 - Pixel(fourth, 3), to + (12 * step), step);
    }

    /// <summary>A dY Aᵀ of the gradient of 2x2 outputs: how it reaches the 16 products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* to, nint step)
    {
        GradientRow(a, b, to, step);
        GradientRow(a + c, b + d, to + (4 * step), step);
        GradientRow(a - c, b - d, to + (8 * step), step);
        GradientRow(-c, -d, to + (12 * step), step);
    }

    /// <summary>Aᵀ M A of 16 products: the 2x2 outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Outputs(float* from, nint step, out Vector512<float> a, out Vector512<float> b, out Vector512<float> c, out Vector512<float> d)
    {
        Column(from, 4 * step, out var s0, out var t0);
        Column(from + step, 4 * step, out var s1, out var t1);
        Column(from + (2 * step), 4 * step, out var s2, out var t2);
        Column(from + (3 * step), 4 * step, out var s3, out var t3);
        (a, b) = (s0 + s1 + s2, s1 - s2 - s3);
        (c, d) = (t0 + t1 + t2, t1 - t2 - t3);
    }

    /// <summary>G g Gᵀ of the nine taps, <paramref name="tap"/> floats apart; with <paramref name="turned"/>, of the last tap first.</summary>
    public static void Weights(float* taps, nint tap, bool turned, float* to, nint step)
    {
        if (turned)
        {
            taps += 8 * tap;
            tap = -tap;
        }

        float* half = stackalloc float[12 * Blocked.Lanes]; // G g: 4 rows of 3
        for (int column = 0; column < 3; column++)
            Spread(Vector512.Load(taps + (column * tap)), Vector512.Load(taps + ((3 + column) * tap)), Vector512.Load(taps + ((6 + column) * tap)), half + (column * Blocked.Lanes), 3 * Blocked.Lanes);
        for (int row = 0; row < 4; row++, half += 3 * Blocked.Lanes)
            Spread(Pixel(half, 0), Pixel(half, 1), Pixel(half, 2), to + (row * 4 * step), step);
    }

    /// <summary>Gᵀ dU G: the gradient of the nine taps, 16 floats apart, from that of the transformed weights.</summary>
    public static void WeightGradient(float* from, nint step, float* taps)
    {
        float* half = stackalloc float[12 * Blocked.Lanes]; // Gᵀ dU: 3 rows of 4
        for (int column = 0; column < 4; column++)
            Gather(from + (column * step), 4 * step, half + (column * Blocked.Lanes), 4 * Blocked.Lanes);
        for (int row = 0; row < 3; row++)
            Gather(half + (row * 4 * Blocked.Lanes), Blocked.Lanes, taps + (row * 3 * Blocked.Lanes), Blocked.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Pixel(float* row, int column) => Vector512.Load(row + (column * Blocked.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PatchRow(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* to, nint step)
    {
        (a - c).Store(to);
        (b + c).Store(to + step);
        (c - b).Store(to + (2 * step));
        (b - d).Store(to + (3 * step));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientRow(Vector512<float> a, Vector512<float> b, float* to, nint step)
    {
        a.Store(to);
        (a + b).Store(to + step);
        (a - b).Store(to + (2 * step));
        (-b).Store(to + (3 * step));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column(float* from, nint step, out Vector512<float> top, out Vector512<float> bottom)
    {
        Vector512<float> second = Vector512.Load(from + step), third = Vector512.Load(from + (2 * step));
        top = Vector512.Load(from) + second + third;
        bottom = second - third - Vector512.Load(from + (3 * step));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(Vector512<float> a, Vector512<float> b, Vector512<float> c, float* to, nint step)
    {
        var (outer, inner) = (0.5f * (a + c), 0.5f * b);
        a.Store(to);
        (outer + inner).Store(to + step);
        (outer - inner).Store(to + (2 * step));
        c.Store(to + (3 * step));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gather(float* from, nint step, float* to, nint toStep)
    {
        Vector512<float> second = Vector512.Load(from + step), third = Vector512.Load(from + (2 * step));
        var (sum, difference) = (0.5f * (second + third), 0.5f * (second - third));
        (Vector512.Load(from) + sum).Store(to);
        difference.Store(to + toStep);
        (sum + Vector512.Load(from + (3 * step))).Store(to + (2 * toStep));
    }
}
