using System.ComponentModel;
using Gradus.Graph;
using Gradus.Zoo;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Models;

/// <summary><c>gradus model show NAME</c>.</summary>
internal sealed class ModelShowCommand : Command<ModelShowCommand.Settings>
{
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var architecture = Find(settings.Name);
        var summary = ModelSummary.Of(architecture.Build(new RandomSource(0)), architecture.Input);
        if (settings.Json) WriteJson(architecture, summary);
        else WriteTable(architecture, summary);
        return 0;
    }

    internal static Architecture Find(string name)
    {
        try
        {
            return Architectures.Get(name);
        }
        catch (KeyNotFoundException unknown)
        {
            throw new UsageException($"{unknown.Message}.{Suggestion.For(name, Architectures.All.Select(architecture => architecture.Name))}");
        }
    }

    private static void WriteTable(Architecture architecture, ModelSummary summary)
    {
        Terminal.For(json: false).MarkupLineInterpolated($"[bold]{architecture.Name}[/]: {architecture.Description}");
        Terminal.For(json: false).MarkupLineInterpolated($"input {architecture.Input}, {architecture.Outputs} outputs; shapes for a batch of 1");
        var table = new Table().Border(TableBorder.Simple).AddColumns("layer", "operation", "output", "parameters", "multiply-adds");
        table.Columns[3].RightAligned();
        table.Columns[4].RightAligned();
        foreach (var row in summary.Rows)
            table.AddRow(Markup.Escape(row.Layer), row.Operation, Markup.Escape(row.Output.ToString()), Number(row.Parameters), Number(row.MultiplyAdds));
        table.AddRow("[bold]total[/]", "", "", $"[bold]{summary.Parameters:N0}[/]", $"[bold]{summary.MultiplyAdds:N0}[/]");
        Terminal.For(json: false).Write(table);
        Terminal.For(json: false).MarkupLineInterpolated($"parameters {Mebibytes(summary.Parameters * sizeof(float))}, activations of one sample {Mebibytes(summary.ActivationBytes)}");
    }

    private static void WriteJson(Architecture architecture, ModelSummary summary) => Json.Write(new
    {
        name = architecture.Name,
        description = architecture.Description,
        input = architecture.Input.Sizes.ToArray(),
        outputs = architecture.Outputs,
        parameters = summary.Parameters,
        multiply_adds = summary.MultiplyAdds,
        parameter_bytes = summary.Parameters * sizeof(float),
        activation_bytes = summary.ActivationBytes,
        layers = summary.Rows.Select(row => new
        {
            layer = row.Layer,
            operation = row.Operation,
            output = row.Output.Sizes.ToArray(),
            parameters = row.Parameters,
            multiply_adds = row.MultiplyAdds,
        }),
    });

    private static string Number(long value) => value == 0 ? "" : $"{value:N0}";

    private static string Mebibytes(long bytes) => $"{bytes / 1048576.0:0.00} MiB";

    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<NAME>")]
        [Description("The architecture: see 'gradus model list'.")]
        public required string Name { get; init; }

        [CommandOption("--json")]
        [Description("Print one JSON document instead of a table.")]
        public bool Json { get; init; }
    }
}
