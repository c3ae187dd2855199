namespace Bench;

/// <summary>A failure that one line explains; the line is all that the user sees.</summary>
internal sealed class BenchException(string message, bool usage = false) : Exception(message)
{
    /// <summary>The command line was wrong (exit code 2), not the run (exit code 1).</summary>
    public bool IsUsage => usage;
}
