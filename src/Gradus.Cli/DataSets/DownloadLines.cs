using Gradus.Data;
using Spectre.Console;

namespace Gradus.Cli.DataSets;

/// <summary>A line for each tenth of a file that has come.</summary>
internal sealed class DownloadLines(IAnsiConsole console) : IProgress<DownloadProgress>
{
    private string _file = "";
    private long _tenth = -1;

    public void Report(DownloadProgress value)
    {
        long tenth = value.Total is > 0 and { } total ? 10 * value.Received / total : value.Received >> 23;
        if (value.File == _file && tenth == _tenth) return;
        (_file, _tenth) = (value.File, tenth);
        string of = value.Total is { } size ? $" of {size / 1048576.0:0.0}" : "";
        console.WriteLine($"fetching {value.File}: {value.Received / 1048576.0:0.0}{of} MiB");
    }
}
