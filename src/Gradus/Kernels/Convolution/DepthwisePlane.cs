using System.Runtime.CompilerServices;

namespace Gradus.Kernels.Convolution;

/// <summary>
/// A window that slides over one plane of 16 channels, <c>[height, width, 16]</c>, each lane with weights of its own, <c>[taps, 16]</c>: four
/// neighbouring pixels at a time, so that every weight is loaded once for four multiply-adds.
/// </summary>
internal readonly unsafe struct DepthwisePlane(int height, int width, int outHeight, int outWidth, Window2d window)
{
    private const int L = Blocked.Lanes;
    private const int Together = 4;

    private int Left => window.Padding.Left;

    /// <summary>The plane of a convolution.</summary>
    public DepthwisePlane(int height, int width, Window2d window) : this(height, width, window.OutHeight(height), window.OutWidth(width), window) { }

    /// <summary>Output pixels.</summary>
    public int OutPixels => outHeight * outWidth;

    /// <summary>Input pixels.</summary>
    public int Pixels => height * width;

    /// <summary>The plane whose forward pass over dy with the weights turned by half a turn is this one's input gradient; for strides of 1.</summary>
    public DepthwisePlane Adjoint()
    {
        int top = window.Dilation.Height * (window.Kernel.Height - 1) - window.Padding.Top, left = window.Dilation.Width * (window.Kernel.Width - 1) - Left;
        return new DepthwisePlane(outHeight, outWidth, height, width, window with { Padding = new Padding2d(top, left, 0, 0) });
    }

    /// <summary>y = start + the window's weighted sum, in the lanes of one vector.</summary>
    /// <param name="x">The input's first lane.</param>
    /// <param name="weights">Of the first tap.</param>
    /// <param name="step">From tap to tap: 16 floats, or -16 for turned weights.</param>
    /// <param name="start">The bias, or 0.</param>
    /// <param name="y">The output's first lane; every pixel is written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward<TVector, TLanes>(float* x, float* weights, int step, TVector start, float* y)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int first = Columns(0).First, end = Math.Max(first, Columns(window.Kernel.Width - 1).End); // between them every tap sees the picture
        for (int row = 0; row < outHeight; row++, y += outWidth * L)
        {
            int column = 0;
            for (; column < first; column++) TLanes.Store(Pixel<TVector, TLanes>(x, weights, step, start, row, column), y + column * L);
            for (; column + Together <= end; column += Together) Four<TVector, TLanes>(x, weights, step, start, row, column, y + column * L);
            if (column < end && end - first >= Together)
            {
                Four<TVector, TLanes>(x, weights, step, start, row, end - Together, y + (end - Together) * L); // some once more, to the same values
                column = end;
            }

            for (; column < outWidth; column++) TLanes.Store(Pixel<TVector, TLanes>(x, weights, step, start, row, column), y + column * L);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Four<TVector, TLanes>(float* x, float* weights, int step, TVector start, int row, int column, float* y)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector a = start, b = start, c = start, d = start;
        nint next = window.Stride.Width * L, hole = window.Dilation.Width * L;
        for (int ky = 0; ky < window.Kernel.Height; ky++, weights += window.Kernel.Width * step)
        {
            int from = RowOf(row, ky);
            if ((uint)from >= (uint)height) continue;
            float* pixel = x + ((long)from * width + column * window.Stride.Width - Left) * L, weight = weights;
            for (int kx = 0; kx < window.Kernel.Width; kx++, pixel += hole, weight += step)
            {
                var w = TLanes.Load(weight);
                a = TLanes.MultiplyAdd(TLanes.Load(pixel), w, a);
                b = TLanes.MultiplyAdd(TLanes.Load(pixel + next), w, b);
                c = TLanes.MultiplyAdd(TLanes.Load(pixel + 2 * next), w, c);
                d = TLanes.MultiplyAdd(TLanes.Load(pixel + 3 * next), w, d);
            }
        }

        TLanes.Store(a, y);
        TLanes.Store(b, y + L);
        TLanes.Store(c, y + 2 * L);
        TLanes.Store(d, y + 3 * L);
    }

    private TVector Pixel<TVector, TLanes>(float* x, float* weights, int step, TVector sum, int row, int column)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        for (int ky = 0; ky < window.Kernel.Height; ky++)
        {
            int from = RowOf(row, ky);
            if ((uint)from >= (uint)height) continue;
            for (int kx = 0; kx < window.Kernel.Width; kx++)
            {
                int place = column * window.Stride.Width - Left + kx * window.Dilation.Width;
                if ((uint)place >= (uint)width) continue;
                sum = TLanes.MultiplyAdd(TLanes.Load(x + ((long)from * width + place) * L), TLanes.Load(weights + (ky * window.Kernel.Width + kx) * step), sum);
            }
        }

        return sum;
    }

    /// <summary>dx += every output's gradient, spread over its window; for any stride.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddSpread<TVector, TLanes>(float* dy, float* weights, float* dx)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint next = window.Stride.Width * L;
        for (int row = 0; row < outHeight; row++)
        {
            for (int ky = 0; ky < window.Kernel.Height; ky++)
            {
                int to = RowOf(row, ky);
                if ((uint)to >= (uint)height) continue;
                for (int kx = 0; kx < window.Kernel.Width; kx++)
                {
                    var w = TLanes.Load(weights + (ky * window.Kernel.Width + kx) * L);
                    var (first, end) = Columns(kx);
                    float* gradient = dy + ((long)row * outWidth + first) * L, target = dx + Place(to, first, kx);
                    for (int column = first; column < end; column++, gradient += L, target += next)
                        TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(gradient), w, TLanes.Load(target)), target);
                }
            }
        }
    }

    /// <summary>sums[tap] += Σ over the pixels of what the tap sees times dy.</summary>
    public void AddWeightSums<TVector, TLanes>(float* x, float* dy, float* sums)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        for (int ky = 0; ky < window.Kernel.Height; ky++)
        {
            int kx = 0;
            for (; kx + 3 <= window.Kernel.Width; kx += 3, sums += 3 * L) AddThree<TVector, TLanes>(x, dy, ky, kx, sums);
            for (; kx < window.Kernel.Width; kx++, sums += L) AddOne<TVector, TLanes>(x, dy, ky, kx, sums);
        }
    }

    // Three neighbouring taps share the loads of dy; two pixels at a time, for a sum alone waits for itself.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddThree<TVector, TLanes>(float* x, float* dy, int ky, int kx, float* sums)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector zero = TLanes.Broadcast(0), a = zero, b = zero, c = zero, a2 = zero, b2 = zero, c2 = zero;
        nint next = window.Stride.Width * L, hole = window.Dilation.Width * L;
        var (one, two, three) = (Columns(kx), Columns(kx + 1), Columns(kx + 2));
        int first = one.First, end = Math.Max(first, three.End); // here all three see the picture
        for (int row = 0; row < outHeight; row++, dy += outWidth * L)
        {
            int from = RowOf(row, ky);
            if ((uint)from >= (uint)height) continue;
            float* pixel = x + Place(from, first, kx), gradient = dy + first * L;
            int column = first;
            for (; column + 2 <= end; column += 2, pixel += 2 * next, gradient += 2 * L)
            {
                TVector g = TLanes.Load(gradient), g2 = TLanes.Load(gradient + L);
                a = TLanes.MultiplyAdd(TLanes.Load(pixel), g, a);
                b = TLanes.MultiplyAdd(TLanes.Load(pixel + hole), g, b);
                c = TLanes.MultiplyAdd(TLanes.Load(pixel + 2 * hole), g, c);
                a2 = TLanes.MultiplyAdd(TLanes.Load(pixel + next), g2, a2);
                b2 = TLanes.MultiplyAdd(TLanes.Load(pixel + next + hole), g2, b2);
                c2 = TLanes.MultiplyAdd(TLanes.Load(pixel + next + 2 * hole), g2, c2);
            }

            a = Dot<TVector, TLanes>(x, dy, from, kx, column, one.End, a);
            b = Dot<TVector, TLanes>(x, dy, from, kx + 1, two.First, Math.Min(first, two.End), b);
            b = Dot<TVector, TLanes>(x, dy, from, kx + 1, column, two.End, b);
            c = Dot<TVector, TLanes>(x, dy, from, kx + 2, three.First, Math.Min(first, three.End), c);
            c = Dot<TVector, TLanes>(x, dy, from, kx + 2, column, three.End, c);
        }

        TLanes.Store(TLanes.Add(TLanes.Load(sums), TLanes.Add(a, a2)), sums);
        TLanes.Store(TLanes.Add(TLanes.Load(sums + L), TLanes.Add(b, b2)), sums + L);
        TLanes.Store(TLanes.Add(TLanes.Load(sums + 2 * L), TLanes.Add(c, c2)), sums + 2 * L);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddOne<TVector, TLanes>(float* x, float* dy, int ky, int kx, float* sums)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var sum = TLanes.Broadcast(0);
        var (first, end) = Columns(kx);
        for (int row = 0; row < outHeight; row++, dy += outWidth * L)
        {
            int from = RowOf(row, ky);
            if ((uint)from < (uint)height) sum = Dot<TVector, TLanes>(x, dy, from, kx, first, end, sum);
        }

        TLanes.Store(TLanes.Add(TLanes.Load(sums), sum), sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Dot<TVector, TLanes>(float* x, float* dyRow, int from, int kx, int first, int end, TVector sum)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        float* pixel = x + Place(from, first, kx), gradient = dyRow + first * L;
        for (int column = first; column < end; column++, pixel += window.Stride.Width * L, gradient += L)
            sum = TLanes.MultiplyAdd(TLanes.Load(pixel), TLanes.Load(gradient), sum);
        return sum;
    }

    private int RowOf(int row, int ky) => row * window.Stride.Height - window.Padding.Top + ky * window.Dilation.Height;

    private long Place(int row, int column, int kx) => ((long)row * width + column * window.Stride.Width - Left + kx * window.Dilation.Width) * L;

    /// <summary>The output columns at which a tap sees the picture; empty ones begin where they end.</summary>
    private (int First, int End) Columns(int kx)
    {
        int shift = Left - kx * window.Dilation.Width, last = width - 1 + shift, stride = window.Stride.Width;
        int first = Math.Min(outWidth, shift <= 0 ? 0 : (shift + stride - 1) / stride);
        return (first, Math.Max(first, last < 0 ? 0 : Math.Min(outWidth, last / stride + 1)));
    }
}
