using Spectre.Console;

namespace Gradus.Cli;

/// <summary>Where people read: standard output, or standard error beside a JSON document.</summary>
internal static class Terminal
{
    // A file has no width, and a line that is broken at column 80 cannot be searched for.
    private const int NoWidth = 10_000;

    public static IAnsiConsole For(bool json)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(json ? Console.Error : Console.Out) });
        bool redirected = json ? Console.IsErrorRedirected : Console.IsOutputRedirected;
        if (redirected) console.Profile.Width = NoWidth;
        return console;
    }
}
