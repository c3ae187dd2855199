using Spectre.Console;

namespace Gradus.Cli.Tasks;

/// <summary>What a network says of one sample.</summary>
/// <param name="Sample">The file or the text.</param>
/// <param name="Probabilities">One for each class.</param>
internal sealed record ClassAnswer(string Sample, float[] Probabilities)
{
    private const int Likeliest = 3, LongestText = 60;

    /// <summary>Prints answers as a table or as one document.</summary>
    /// <param name="answers">The answers.</param>
    /// <param name="what">What a sample is: file or text.</param>
    /// <param name="names">The classes.</param>
    /// <param name="json">Whether to print a document.</param>
    public static void Write(IReadOnlyList<ClassAnswer> answers, string what, string[] names, bool json)
    {
        if (json)
        {
            Json.Write(answers.Select(answer => answer.Document(what, names)));
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns(what, "class", "probability", "or else");
        table.Columns[2].RightAligned();
        foreach (var (sample, probabilities) in answers)
        {
            int[] order = [.. Enumerable.Range(0, names.Length).OrderByDescending(i => probabilities[i]).Take(Likeliest)];
            string others = string.Join(", ", order.Skip(1).Select(i => $"{names[i]} {probabilities[i]:0.0%}"));
            string shown = what == "text" && sample.Length > LongestText ? sample[..LongestText] + "..." : sample;
            table.AddRow(Markup.Escape(shown), $"[bold]{Markup.Escape(names[order[0]])}[/]", $"{probabilities[order[0]]:0.0%}", Markup.Escape(others));
        }

        Terminal.For(json: false).Write(table);
    }

    private Dictionary<string, object?> Document(string what, string[] names)
    {
        int best = Array.IndexOf(Probabilities, Probabilities.Max());
        return new Dictionary<string, object?>
        {
            [what] = Sample,
            ["class"] = names[best],
            ["probability"] = Probabilities[best],
            ["probabilities"] = names.Zip(Probabilities).Select(pair => new { @class = pair.First, probability = pair.Second }),
        };
    }
}
