using System.ComponentModel;
using Gradus.Data;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.DataSets;

/// <summary><c>gradus data get NAME</c>.</summary>
internal sealed class DataGetCommand : Command<DataGetCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var console = Terminal.For(settings.Json);
        var location = LoadedData.Texts(settings.Name) is { } texts
            ? texts.GetAsync(DataLocations.FromEnvironment(), new DownloadLines(console), cancellationToken).GetAwaiter().GetResult()
            : LoadedData.Get(settings.Name, console, cancellationToken);
        if (settings.Json) Json.Write(new { name = settings.Name, kind = location.Kind, path = location.Path });
        else console.WriteLine($"{settings.Name}: {location}");
        return 0;
    }

    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<NAME>")]
        [Description("The data set: see 'gradus data list'.")]
        public required string Name { get; init; }

        [CommandOption("--json")]
        [Description("Print one JSON document on standard output; progress goes to standard error.")]
        public bool Json { get; init; }
    }
}
