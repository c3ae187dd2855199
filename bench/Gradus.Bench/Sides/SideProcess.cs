using System.Diagnostics;
using System.Globalization;

namespace Bench.Sides;

/// <summary>
/// The child's half: prepares one contender, then obeys one command a line and answers one line each. Between commands it
/// sleeps in a read, so that the other side has the machine to itself.
/// </summary>
internal static class SideProcess
{
    private const int LeastWarmSteps = 3;

    /// <summary>The first argument of a child process.</summary>
    public const string Command = "side";

    public static int Run(string[] arguments)
    {
        var side = Enum.Parse<Side>(arguments[1]);
        int threads = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        using var contender = Contenders.Create(arguments[0], side);
        contender.Prepare(Sizes.Parse(arguments[2]), threads);
        contender.Step();
        Answer(0);
        while (Console.In.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            int amount = int.Parse(words[1], CultureInfo.InvariantCulture);
            Answer(words[0] switch
            {
                "warm" => Warm(contender, amount),
                "steps" => Milliseconds(contender, amount),
                "allocated" => Allocated(contender, amount),
                "resident" => Resident(),
                _ => throw new BenchException($"unknown command '{line}'"),
            });
        }

        return 0;
    }

    private static void Answer(double value)
    {
        Console.Out.WriteLine(value.ToString("R", CultureInfo.InvariantCulture));
        Console.Out.Flush();
    }

    /// <summary>Runs until the time is over (the JIT compiles what is hot meanwhile) and gives the milliseconds of a late step.</summary>
    private static double Warm(Contender contender, int milliseconds)
    {
        var clock = Stopwatch.StartNew();
        int done = 0;
        while (done < LeastWarmSteps || clock.ElapsedMilliseconds < milliseconds)
        {
            contender.Step();
            done++;
        }

        int late = Math.Max(1, done / 10);
        return Milliseconds(contender, late) / late;
    }

    private static double Milliseconds(Contender contender, int steps)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++) contender.Step();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Allocated(Contender contender, int steps)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < steps; i++) contender.Step();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    /// <summary>The largest resident set that this process has had, in MiB.</summary>
    private static double Resident()
    {
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
    }
}
