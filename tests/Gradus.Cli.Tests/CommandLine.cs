using System.Text.Json;

namespace Gradus.Cli.Tests;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record CommandLine(int ExitCode, string Output, string Errors)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static CommandLine Run(params string[] arguments) => Run(CancellationToken.None, arguments);

    public static CommandLine Run(CancellationToken cancellation, params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var (realOutput, realErrors, threads) = (Console.Out, Console.Error, Kernels.Workers.Threads);
        Console.SetOut(output);
        Console.SetError(errors);
        try
        {
            return new CommandLine(Program.RunAsync(arguments, cancellation).GetAwaiter().GetResult(), output.ToString(), errors.ToString());
        }
        finally
        {
            Console.SetOut(realOutput);
            Console.SetError(realErrors);
            Kernels.Workers.Threads = threads;
        }
    }
}
