using Spectre.Console.Cli;

namespace Gradus.Cli;

/// <summary>Turns an exception into one line on standard error and an exit code; a stack trace helps nobody at the terminal.</summary>
internal static class Failures
{
    public const int Failure = 1, Usage = 2, Stopped = 130;

    public static int Report(Exception failure, IReadOnlyList<string> arguments)
    {
        while (failure is AggregateException { InnerException: { } inner }) failure = inner;
        if (failure is OperationCanceledException)
        {
            Console.Error.WriteLine("stopped");
            return Stopped;
        }

        bool usage = failure is UsageException or CommandAppException;
        string message = failure is CommandAppException ? ParsingFailure.Describe(failure.Message, arguments) : failure.Message;
        string first = message.ReplaceLineEndings("\n").Split('\n')[0];
        Console.Error.WriteLine($"gradus: {first}{(usage ? " (try --help)" : "")}");
        return usage ? Usage : Failure;
    }
}
