using System.Reflection;
using System.Text.RegularExpressions;
using Spectre.Console.Cli;

namespace Gradus.Cli;

/// <summary>What Spectre.Console says of a command line that it cannot read, in words that name the option and the way out.</summary>
internal static partial class ParsingFailure
{
    private static readonly string[] Commands = ["train", "lr-find", "sweep", "evaluate", "predict", "data", "model", "list", "get", "show"];

    private static readonly Lazy<string[]> Options = new(() =>
    [
        .. typeof(ParsingFailure).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(CommandSettings)))
            .SelectMany(type => type.GetProperties()).SelectMany(property => property.GetCustomAttribute<CommandOptionAttribute>()?.LongNames ?? []).Distinct().Select(name => $"--{name}"),
    ]);

    public static string Describe(string message, IReadOnlyList<string> arguments)
    {
        if (NotConverted().Match(message) is { Success: true } conversion)
        {
            string value = conversion.Groups[1].Value;
            return $"'{value}' is no number that {OptionOf(value, arguments) ?? "this option"} takes";
        }

        if (UnknownOption().Match(message) is { Success: true } unknown)
        {
            string name = unknown.Groups[1].Value;
            string written = arguments.Any(argument => argument.StartsWith($"--{name}", StringComparison.Ordinal)) ? $"--{name}" : $"-{name}";
            return $"there is no option '{written}' here.{Suggestion.For(written, Options.Value)}";
        }

        return UnknownCommand().Match(message) is { Success: true } command ? message + Suggestion.For(command.Groups[1].Value, Commands) : message;
    }

    private static string? OptionOf(string value, IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].StartsWith("--", StringComparison.Ordinal) && (arguments[i].EndsWith($"={value}", StringComparison.Ordinal) || arguments[i].EndsWith($":{value}", StringComparison.Ordinal)))
                return arguments[i][..^(value.Length + 1)];
            if (i > 0 && arguments[i] == value && arguments[i - 1].StartsWith("--", StringComparison.Ordinal)) return arguments[i - 1];
        }

        return null;
    }

    [GeneratedRegex("^Failed to convert '(.*)' to ")]
    private static partial Regex NotConverted();

    [GeneratedRegex("^(?:Unknown|Unexpected) option '(.*)'")]
    private static partial Regex UnknownOption();

    [GeneratedRegex("^Unknown command '(.*)'")]
    private static partial Regex UnknownCommand();
}
