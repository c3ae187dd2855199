using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <summary>How pixels of a new size find those of the old.</summary>
internal enum ResamplingRule
{
    /// <summary>The pixel ⌊i · size / new size⌋.</summary>
    Nearest,

    /// <summary>Between the two nearest centres: pixel i lies at (i + 1/2) · size / new size - 1/2, not before 0.</summary>
    Linear,

    /// <summary>Between the two nearest, the corners upon the corners: pixel i lies at i · (size - 1) / (new size - 1).</summary>
    LinearCorners,
}

/// <summary>
/// Pictures of another size, <c>[planes, height, width, lanes]</c> with 1 lane (plain) or 16 (blocked), and the gradient of that: every pixel
/// is a weighted mean of at most four. A tile is one plane.
/// </summary>
internal readonly unsafe struct Resampling(int planes, int height, int width, Size2d size, int lanes, ResamplingRule rule)
{
    /// <summary>y from x.</summary>
    public void Forward(ReadOnlySpan<float> x, Span<float> y)
    {
        fixed (float* from = x, to = y) Run(from, to, backward: false);
    }

    /// <summary>dx from dy; overwritten.</summary>
    public void Backward(ReadOnlySpan<float> dy, Span<float> dx)
    {
        dx.Clear();
        fixed (float* gradient = dy, to = dx) Run(to, gradient, backward: true);
    }

    private void Run(float* small, float* large, bool backward)
    {
        var state = (Sizes: this, Small: (nint)small, Large: (nint)large, backward);
        Tiles.Run(planes, 4L * planes * size.Height * size.Width * lanes, state, static (s, plane) =>
        {
            var r = s.Sizes;
            float* small = (float*)s.Small + (long)plane * r.SmallPlane, large = (float*)s.Large + (long)plane * r.LargePlane;
            if (r.IsPlain) r.Plane<float, ScalarLanes>(small, large, s.backward);
            else if (Vector512.IsHardwareAccelerated) r.Plane<Vector512<float>, Lanes512>(small, large, s.backward);
            else if (Vector256.IsHardwareAccelerated) r.Plane<Vector256<float>, Lanes256>(small, large, s.backward);
            else if (Vector128.IsHardwareAccelerated) r.Plane<Vector128<float>, Lanes128>(small, large, s.backward);
            else r.Plane<float, ScalarLanes>(small, large, s.backward);
        });
    }

    private bool IsPlain => lanes == 1;

    private int SmallPlane => height * width * lanes;

    private int LargePlane => size.Height * size.Width * lanes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Plane<TVector, TLanes>(float* small, float* large, bool backward)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        for (int row = 0; row < size.Height; row++)
        {
            var (top, bottom, down) = Source(row, height, size.Height);
            float* upper = small + top * width * lanes, lower = small + bottom * width * lanes;
            for (int column = 0; column < size.Width; column++, large += lanes)
            {
                var (left, right, across) = Source(column, width, size.Width);
                for (int lane = 0; lane < lanes; lane += TLanes.Count)
                {
                    float* a = upper + left * lanes + lane, b = upper + right * lanes + lane, c = lower + left * lanes + lane, d = lower + right * lanes + lane;
                    if (rule == ResamplingRule.Nearest)
                    {
                        if (backward) Add<TVector, TLanes>(a, TLanes.Load(large + lane), 1);
                        else TLanes.Store(TLanes.Load(a), large + lane);
                    }
                    else if (backward)
                    {
                        var gradient = TLanes.Load(large + lane);
                        Add<TVector, TLanes>(a, gradient, (1 - down) * (1 - across));
                        Add<TVector, TLanes>(b, gradient, (1 - down) * across);
                        Add<TVector, TLanes>(c, gradient, down * (1 - across));
                        Add<TVector, TLanes>(d, gradient, down * across);
                    }
                    else
                    {
                        TVector near = TLanes.Broadcast(1 - across), far = TLanes.Broadcast(across);
                        var first = TLanes.MultiplyAdd(TLanes.Load(b), far, TLanes.Multiply(TLanes.Load(a), near));
                        var second = TLanes.MultiplyAdd(TLanes.Load(d), far, TLanes.Multiply(TLanes.Load(c), near));
                        TLanes.Store(TLanes.MultiplyAdd(second, TLanes.Broadcast(down), TLanes.Multiply(first, TLanes.Broadcast(1 - down))), large + lane);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TVector, TLanes>(float* to, TVector gradient, float share)
        where TVector : struct
        where TLanes : ILanes<TVector> =>
        TLanes.Store(TLanes.MultiplyAdd(gradient, TLanes.Broadcast(share), TLanes.Load(to)), to);

    // The two old pixels that a new one lies between, and how far it lies behind the first, in pixels.
    private (int First, int Second, float Share) Source(int place, int length, int newLength)
    {
        if (rule == ResamplingRule.Nearest)
        {
            int nearest = (int)((long)place * length / newLength);
            return (nearest, nearest, 0);
        }

        // The position is numerator / denominator, in whole numbers: the same on every machine, and exact at the pixels.
        long numerator = rule == ResamplingRule.Linear ? Math.Max(0, (2L * place + 1) * length - newLength) : (long)place * (length - 1);
        long denominator = rule == ResamplingRule.Linear ? 2L * newLength : Math.Max(1, newLength - 1);
        int first = (int)(numerator / denominator);
        return (first, Math.Min(first + 1, length - 1), (float)(numerator % denominator) / denominator);
    }
}
