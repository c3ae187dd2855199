using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Bench.Sides;

/// <summary>The multiply-add peak of this machine, measured: fused multiply-adds between registers and nothing else.</summary>
internal static class Peak
{
    private const int Repetitions = 12, Turns = 4_000_000; // about 20 ms each: the best one escapes the neighbours
    private const int Chains = 12; // latency 4 x 2 units and a margin; they fit 16 registers

    /// <summary>Floating-point operations a second (two for a multiply-add) on so many threads at once.</summary>
    public static double Measure(int threads)
    {
        using var together = new Barrier(threads);
        var rates = new double[threads, Repetitions];
        Thread[] team = [.. Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            for (int i = 0; i < Repetitions; i++)
            {
                together.SignalAndWait();
                long start = Stopwatch.GetTimestamp();
                double operations = Vector512.IsHardwareAccelerated ? Wide(Turns) : Narrow(Turns);
                rates[thread, i] = operations / Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }))];
        foreach (var thread in team) thread.Start();
        foreach (var thread in team) thread.Join();
        return Enumerable.Range(0, Repetitions).Max(i => Enumerable.Range(0, threads).Sum(thread => rates[thread, i]));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static double Wide(int turns)
    {
        var (x, y) = (Vector512.Create(0.999f), Vector512.Create(0.001f));
        var (a, b, c, d, e, f) = (y, y, y, y, y, y);
        var (g, h, i, j, k, l) = (y, y, y, y, y, y);
        for (int turn = 0; turn < turns; turn++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y); b = Vector512.FusedMultiplyAdd(b, x, y); c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y); e = Vector512.FusedMultiplyAdd(e, x, y); f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y); h = Vector512.FusedMultiplyAdd(h, x, y); i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y); k = Vector512.FusedMultiplyAdd(k, x, y); l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        Consume(Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l));
        return 2.0 * Chains * Vector512<float>.Count * turns;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static double Narrow(int turns)
    {
        var (x, y) = (Vector256.Create(0.999f), Vector256.Create(0.001f));
        var (a, b, c, d, e, f) = (y, y, y, y, y, y);
        var (g, h, i, j, k, l) = (y, y, y, y, y, y);
        for (int turn = 0; turn < turns; turn++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y); b = Vector256.FusedMultiplyAdd(b, x, y); c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y); e = Vector256.FusedMultiplyAdd(e, x, y); f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y); h = Vector256.FusedMultiplyAdd(h, x, y); i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y); k = Vector256.FusedMultiplyAdd(k, x, y); l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        Consume(Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l));
        return 2.0 * Chains * Vector256<float>.Count * turns;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Consume(float sum) => GC.KeepAlive(sum);
}
