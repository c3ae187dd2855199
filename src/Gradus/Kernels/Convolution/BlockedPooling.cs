using System.Runtime.Intrinsics;

namespace Gradus.Kernels.Convolution;

/// <summary>Pooling of blocked activations <c>[planes, height, width, 16]</c>: every vector is one pixel of 16 channels.</summary>
internal readonly unsafe struct BlockedPooling(int planes, int height, int width, Window2d window)
{
    private const int L = Blocked.Lanes;

    private readonly int _outHeight = window.OutHeight(height), _outWidth = window.OutWidth(width);

    /// <summary>The maximum of every window and its tap, as the bits of a whole number; the first of equals, NaN before all.</summary>
    public void Max(ReadOnlySpan<float> x, Span<float> y, Span<float> taps)
    {
        fixed (float* from = x, to = y, places = taps)
        {
            Workers.Run(planes, (Pool: this, X: (nint)from, Y: (nint)to, T: (nint)places), static (s, plane) =>
            {
                var pool = s.Pool;
                float* x = (float*)s.X + pool.Offset(plane), y = (float*)s.Y + pool.OutOffset(plane), taps = s.T == 0 ? null : (float*)s.T + pool.OutOffset(plane);
                for (int row = 0; row < pool._outHeight; row++)
                {
                    for (int column = 0; column < pool._outWidth; column++, y += L)
                    {
                        var place = pool.MaxOf(x, row, column, y);
                        if (taps == null) continue;
                        place.AsSingle().Store(taps);
                        taps += L;
                    }
                }
            });
        }
    }

    /// <summary>dx += dy at the taps that <see cref="Max"/> chose; dx is overwritten.</summary>
    public void MaxBackward(ReadOnlySpan<float> dy, ReadOnlySpan<float> taps, Span<float> dx)
    {
        fixed (float* from = dy, to = dx, places = taps)
        {
            Workers.Run(planes, (Pool: this, D: (nint)from, X: (nint)to, T: (nint)places), static (s, plane) =>
            {
                var pool = s.Pool;
                float* dx = (float*)s.X + pool.Offset(plane), dy = (float*)s.D + pool.OutOffset(plane), taps = (float*)s.T + pool.OutOffset(plane);
                pool.Clear(dx);
                for (int row = 0; row < pool._outHeight; row++)
                    for (int column = 0; column < pool._outWidth; column++, dy += L, taps += L)
                        pool.AddToChosen(dx, row, column, Vector512.Load(dy), Vector512.Load(taps).AsInt32());
            });
        }
    }

    /// <summary>The mean of every window; zeros of the padding count or not.</summary>
    public void Average(ReadOnlySpan<float> x, Span<float> y, bool countsPadding)
    {
        fixed (float* from = x, to = y)
        {
            Workers.Run(planes, (Pool: this, X: (nint)from, Y: (nint)to, countsPadding), static (s, plane) =>
            {
                var pool = s.Pool;
                float* x = (float*)s.X + pool.Offset(plane), y = (float*)s.Y + pool.OutOffset(plane);
                for (int row = 0; row < pool._outHeight; row++)
                {
                    for (int column = 0; column < pool._outWidth; column++, y += L)
                    {
                        var (top, bottom, left, right) = pool.Seen(row, column);
                        Vector512<float> sum = default;
                        for (int i = top; i < bottom; i++)
                            for (int j = left; j < right; j++) sum += Vector512.Load(pool.Pixel(x, i, j));
                        (sum / pool.Divisor(s.countsPadding, top, bottom, left, right)).Store(y);
                    }
                }
            });
        }
    }

    /// <summary>Spreads every output's gradient over its window; dx is overwritten.</summary>
    public void AverageBackward(ReadOnlySpan<float> dy, Span<float> dx, bool countsPadding)
    {
        fixed (float* from = dy, to = dx)
        {
            Workers.Run(planes, (Pool: this, D: (nint)from, X: (nint)to, countsPadding), static (s, plane) =>
            {
                var pool = s.Pool;
                float* dx = (float*)s.X + pool.Offset(plane), dy = (float*)s.D + pool.OutOffset(plane);
                pool.Clear(dx);
                for (int row = 0; row < pool._outHeight; row++)
                {
                    for (int column = 0; column < pool._outWidth; column++, dy += L)
                    {
                        var (top, bottom, left, right) = pool.Seen(row, column);
                        var share = Vector512.Load(dy) / pool.Divisor(s.countsPadding, top, bottom, left, right);
                        for (int i = top; i < bottom; i++)
                            for (int j = left; j < right; j++) (Vector512.Load(pool.Pixel(dx, i, j)) + share).Store(pool.Pixel(dx, i, j));
                    }
                }
            });
        }
    }

    /// <summary>The mean of every channel's plane, to plain [images, channels].</summary>
    public void GlobalAverage(ReadOnlySpan<float> x, Span<float> y, int blocks, int channels)
    {
        fixed (float* from = x, to = y)
        {
            Workers.Run(planes, (X: (nint)from, Y: (nint)to, blocks, channels, pixels: height * width), static (s, plane) =>
            {
                float* x = (float*)s.X + (long)plane * s.pixels * L;
                Vector512<float> sum = default;
                for (int pixel = 0; pixel < s.pixels; pixel++) sum += Vector512.Load(x + pixel * L);
                float* means = stackalloc float[L];
                (sum / s.pixels).Store(means);
                int first = plane % s.blocks * L, count = Math.Min(L, s.channels - first);
                new ReadOnlySpan<float>(means, count).CopyTo(new Span<float>((float*)s.Y + (long)(plane / s.blocks) * s.channels + first, count));
            });
        }
    }

    /// <summary>Spreads the gradients of plain [images, channels] over the planes; dx is overwritten.</summary>
    public void GlobalAverageBackward(ReadOnlySpan<float> dy, Span<float> dx, int blocks, int channels)
    {
        fixed (float* from = dy, to = dx)
        {
            Workers.Run(planes, (D: (nint)from, X: (nint)to, blocks, channels, pixels: height * width), static (s, plane) =>
            {
                int first = plane % s.blocks * L, count = Math.Min(L, s.channels - first);
                float* shares = stackalloc float[L];
                new Span<float>(shares, L).Clear();
                for (int lane = 0; lane < count; lane++) shares[lane] = ((float*)s.D)[(long)(plane / s.blocks) * s.channels + first + lane] / s.pixels;
                var share = Vector512.Load(shares);
                float* dx = (float*)s.X + (long)plane * s.pixels * L;
                for (int pixel = 0; pixel < s.pixels; pixel++) share.Store(dx + pixel * L);
            });
        }
    }

    private long Offset(int plane) => (long)plane * height * width * L;

    private long OutOffset(int plane) => (long)plane * _outHeight * _outWidth * L;

    private float* Pixel(float* plane, int y, int x) => plane + ((long)y * width + x) * L;

    private void Clear(float* plane) => new Span<float>(plane, height * width * L).Clear();

    private (int Top, int Bottom, int Left, int Right) Seen(int row, int column)
    {
        int top = row * window.Stride.Height - window.Padding.Top, left = column * window.Stride.Width - window.Padding.Left;
        return (Math.Max(0, top), Math.Min(height, top + window.Kernel.Height), Math.Max(0, left), Math.Min(width, left + window.Kernel.Width));
    }

    private float Divisor(bool countsPadding, int top, int bottom, int left, int right) =>
        countsPadding ? window.Kernel.Height * window.Kernel.Width : (bottom - top) * (right - left);

    private int Tap(int row, int column, int y, int x) =>
        (y - row * window.Stride.Height + window.Padding.Top) * window.Kernel.Width + x - column * window.Stride.Width + window.Padding.Left;

    private Vector512<int> MaxOf(float* x, int row, int column, float* y)
    {
        var (top, bottom, left, right) = Seen(row, column);
        var best = Vector512.Load(Pixel(x, top, left));
        var place = Vector512.Create(Tap(row, column, top, left));
        for (int i = top; i < bottom; i++)
        {
            for (int j = left; j < right; j++)
            {
                var value = Vector512.Load(Pixel(x, i, j));
                // greater, or the first NaN: a NaN maximum stays
                var wins = ~Vector512.LessThanOrEqual(value, best) & Vector512.Equals(best, best);
                best = Vector512.ConditionalSelect(wins, value, best);
                place = Vector512.ConditionalSelect(wins.AsInt32(), Vector512.Create(Tap(row, column, i, j)), place);
            }
        }

        best.Store(y);
        return place;
    }

    private void AddToChosen(float* dx, int row, int column, Vector512<float> gradient, Vector512<int> chosen)
    {
        var (top, bottom, left, right) = Seen(row, column);
        for (int i = top; i < bottom; i++)
        {
            for (int j = left; j < right; j++)
            {
                var here = Vector512.Equals(chosen, Vector512.Create(Tap(row, column, i, j))).AsSingle();
                (Vector512.Load(Pixel(dx, i, j)) + Vector512.ConditionalSelect(here, gradient, Vector512<float>.Zero)).Store(Pixel(dx, i, j));
            }
        }
    }
}
