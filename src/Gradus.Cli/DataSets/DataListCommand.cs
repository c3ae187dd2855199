using System.ComponentModel;
using Gradus.Data;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.DataSets;

/// <summary><c>gradus data list</c>.</summary>
internal sealed class DataListCommand : Command<DataListCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        if (settings.Json)
        {
            Json.Write(All.Select(source => new
            {
                name = source.Name,
                description = source.Description,
                origin = source.Origin,
                terms = source.Terms,
                location = source.Find(DataLocations.FromEnvironment())?.ToString(),
            }));
            return 0;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("name", "here", "description", "origin", "terms");
        foreach (var source in All)
        {
            table.AddRow(
                $"[bold]{source.Name}[/]",
                Markup.Escape(source.Find(DataLocations.FromEnvironment())?.Kind ?? "no"),
                Markup.Escape(source.Description),
                Markup.Escape(source.Origin),
                Markup.Escape(source.Terms));
        }

        Terminal.For(json: false).Write(table);
        return 0;
    }

    private static IEnumerable<DataSource> All => [.. DatasetCatalog.Sources, .. TextCatalog.Sources];

    internal sealed class Settings : CommandSettings
    {
        [CommandOption("--json")]
        [Description("Print one JSON document instead of a table.")]
        public bool Json { get; init; }
    }
}
