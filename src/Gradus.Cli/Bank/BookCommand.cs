using System.ComponentModel;
using Gradus.Book;
using Gradus.Cli.Labs;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Bank;

/// <summary><c>gradus book OUT</c>.</summary>
internal sealed class BookCommand : Command<BookCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var console = Terminal.For(json: false);
        string? folder = settings.From ?? Newest();
        if (settings.From is not null && !Directory.Exists(folder)) throw new UsageException($"there is no verification in '{folder}'");
        if (folder is null) console.MarkupLineInterpolated($"[yellow]no verification under runs/: the book will say 'not yet proven' everywhere; 'gradus verify' makes one[/]");
        var contents = BookContents.Of(KnownLabs.LoadBank(), KnownLabs.Catalog, folder);
        int pages = Write(console, contents, settings.Out, cancellationToken);
        console.MarkupLineInterpolated($"{pages} pages{(folder is null ? "" : $", figures from {folder}")}; open {Path.Combine(settings.Out, "index.html")}");
        return 0;
    }

    private static int Write(IAnsiConsole console, BookContents contents, string folder, CancellationToken cancellation)
    {
        if (!console.Profile.Out.IsTerminal || !console.Profile.Capabilities.Interactive) return StaticBook.Write(contents, folder, cancellation: cancellation);
        return console.Progress().AutoClear(true).Start(live =>
        {
            var task = live.AddTask("pages");
            return StaticBook.Write(contents, folder, new Bar(task), cancellation);
        });
    }

    private static string? Newest() => !Directory.Exists("runs") ? null : Directory.GetDirectories("runs", "verify-*")
        .Where(folder => File.Exists(Path.Combine(folder, "verification.json"))).OrderByDescending(folder => File.GetLastWriteTimeUtc(Path.Combine(folder, "verification.json"))).FirstOrDefault();

    private sealed class Bar(ProgressTask task) : IProgress<(int Done, int All)>
    {
        public void Report((int Done, int All) value) => (task.MaxValue, task.Value) = (value.All, value.Done);
    }

    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<OUT>")]
        [Description("The folder for the book: new, empty, or an earlier book.")]
        public required string Out { get; init; }

        [CommandOption("--from <DIR>")]
        [Description("The folder of a verification; the newest under runs/ if not given.")]
        public string? From { get; init; }

        public override ValidationResult Validate() => Out.Length == 0 ? ValidationResult.Error("OUT is empty; it names the book's folder") : ValidationResult.Success();
    }
}
