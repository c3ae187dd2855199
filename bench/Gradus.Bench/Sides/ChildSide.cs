using System.Diagnostics;
using System.Globalization;

namespace Bench.Sides;

/// <summary>The parent's handle on one side: a child process of this program that works only when told to.</summary>
internal sealed class ChildSide : IDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly string _what;

    /// <summary>Starts the process and waits for its first step.</summary>
    public ChildSide(Case one, Sizes sizes, Side side, int threads, PeerSetting setting)
    {
        _what = $"{one.Name} ({side}, {sizes}, {threads} threads, {setting.Name})";
        var start = new ProcessStartInfo(Environment.ProcessPath!, [SideProcess.Command, one.Work, side.ToString(), sizes.ToString(), $"{threads}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = start.Environment["MKL_NUM_THREADS"] = $"{threads}";
        foreach (var (name, value) in setting.Environment) start.Environment[name] = value;

        long before = Stopwatch.GetTimestamp();
        _process = Process.Start(start)!;
        Read();
        StartMilliseconds = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
    }

    /// <summary>From the start of the process to the end of its first step.</summary>
    public double StartMilliseconds { get; }

    /// <summary>Steps for a while, untimed, and gives the milliseconds of a late step.</summary>
    public double Warm(int milliseconds) => Ask("warm", milliseconds);

    /// <summary>The milliseconds of so many steps together.</summary>
    public double Steps(int count) => Ask("steps", count);

    /// <summary>The managed bytes that so many steps allocate together, on all threads.</summary>
    public long Allocated(int steps) => (long)Ask("allocated", steps);

    /// <summary>The process's peak resident set in MiB.</summary>
    public double Resident() => Ask("resident", 0);

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(Farewell)) _process.Kill();
        _process.Dispose();
    }

    private double Ask(string command, int amount)
    {
        _process.StandardInput.WriteLine($"{command} {amount}");
        _process.StandardInput.Flush();
        return Read();
    }

    private double Read()
    {
        string? line = _process.StandardOutput.ReadLine();
        if (line is not null && double.TryParse(line, CultureInfo.InvariantCulture, out double value)) return value;
        _process.WaitForExit();
        throw new BenchException($"{_what}: the process ended with code {_process.ExitCode}{(line is null ? "" : $" after '{line}'")}. Its own message stands above.");
    }
}
