using System.Text.Json;
using Gradus.Cli.Runs;
using Spectre.Console;

namespace Gradus.Cli.Sweeps;

/// <summary>What <c>sweep.json</c> in a run's folder holds: which combination it is of, and whether it is done.</summary>
internal sealed record SweepMark(int Index, string[] Arguments, bool Finished);

/// <summary>One combination of a sweep, in a folder of its own.</summary>
internal sealed class SweepRun(SweepFile sweep, int index, string folder)
{
    public string Folder { get; } = Path.Combine(folder, $"{index:000}");

    private string MarkPath => Path.Combine(Folder, "sweep.json");

    /// <summary>What the folder says; null where it was not begun.</summary>
    /// <exception cref="UsageException">The folder is of another combination: the file was changed.</exception>
    /// <exception cref="InvalidDataException">The mark is damaged.</exception>
    public SweepMark? Mark()
    {
        if (!File.Exists(MarkPath)) return null;
        SweepMark mark;
        try
        {
            mark = Json.Read<SweepMark>(File.ReadAllText(MarkPath));
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException($"{MarkPath} is damaged: {failure.Message}", failure);
        }

        if (mark.Index == index && mark.Arguments.SequenceEqual(sweep.Arguments(index))) return mark;
        throw new UsageException($"'{Folder}' is of another sweep, 'gradus {string.Join(' ', mark.Arguments)}': name another folder by --out");
    }

    /// <summary>Trains the combination, or goes on with it where it was interrupted; a finished one stays as it is.</summary>
    public int Train(bool json, IAnsiConsole console, CancellationToken cancellation)
    {
        string[] arguments = sweep.Arguments(index);
        if (Mark() is { Finished: true })
        {
            console.WriteLine($"{index} of {sweep.Count} is already finished, in {Folder}");
            if (json) Json.Write(new { index, arguments, finished = true, run = Folder });
            return 0;
        }

        Directory.CreateDirectory(Folder);
        RunFolder.WriteJson(MarkPath, new SweepMark(index, arguments, Finished: false));
        console.WriteLine($"{index} of {sweep.Count}: gradus {string.Join(' ', arguments)}");
        string[] all = [.. arguments, "--out", Folder, "--resume", .. json && !arguments.Contains("--json") ? ["--json"] : Array.Empty<string>()];
        int code = Program.RunAsync(all, cancellation).GetAwaiter().GetResult();
        if (code == 0) RunFolder.WriteJson(MarkPath, new SweepMark(index, arguments, Finished: true));
        return code;
    }
}
