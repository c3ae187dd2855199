using System.ComponentModel;
using Gradus.Zoo;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Models;

/// <summary><c>gradus model list</c>.</summary>
internal sealed class ModelListCommand : Command<ModelListCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        if (settings.Json)
        {
            Json.Write(Architectures.All.Select(architecture => new
            {
                name = architecture.Name,
                description = architecture.Description,
                input = architecture.Input.Sizes.ToArray(),
                outputs = architecture.Outputs,
                parameters = Parameters(architecture),
            }));
            return 0;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("name", "input", "outputs", "parameters", "description");
        table.Columns[3].RightAligned();
        foreach (var architecture in Architectures.All)
        {
            table.AddRow(
                $"[bold]{architecture.Name}[/]",
                Markup.Escape(architecture.Input.ToString()),
                $"{architecture.Outputs}",
                $"{Parameters(architecture):N0}",
                Markup.Escape(architecture.Description));
        }

        Terminal.For(json: false).Write(table);
        return 0;
    }

    private static long Parameters(Architecture architecture) =>
        architecture.Build(new RandomSource(0)).NamedParameters().Sum(named => (long)named.Parameter.Count);

    internal sealed class Settings : CommandSettings
    {
        [CommandOption("--json")]
        [Description("Print one JSON document instead of a table.")]
        public bool Json { get; init; }
    }
}
