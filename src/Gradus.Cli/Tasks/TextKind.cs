using Gradus.Cli.DataSets;
using Gradus.Cli.Runs;
using Gradus.Data;
using Gradus.Zoo;
using Spectre.Console;

namespace Gradus.Cli.Tasks;

/// <summary>Sets of texts by name, cut into words or characters, with a learned vector for each in front of the network.</summary>
internal abstract class TextKind : TaskKind
{
    /// <summary>The elements of a token's vector.</summary>
    public const int Features = 100;

    /// <summary>Longer texts are cut here: a review's first half says enough, and the time of a step grows with the length.</summary>
    public const int Longest = 256;

    private const string Words = "words", Characters = "characters";

    /// <summary>Which of the sets of texts fit.</summary>
    protected abstract bool Takes(TextSource source);

    /// <summary>What the fitting sets have, for a message.</summary>
    protected abstract string Sets { get; }

    /// <summary>Measures a network.</summary>
    /// <param name="model">The network, in evaluation mode.</param>
    /// <param name="batches">The test set.</param>
    /// <param name="names">The classes or tags.</param>
    /// <param name="cancellation">Stops the measuring.</param>
    public abstract TestReport Measure(TextModel model, TokenBatches batches, IReadOnlyList<string> names, CancellationToken cancellation);

    /// <summary>Answers for texts, each as its tokens.</summary>
    protected abstract void Answer(TrainedRun run, IReadOnlyList<(string Text, string[] Tokens, int[] Numbers)> texts, bool json, CancellationToken cancellation);

    public sealed override TaskData Load(Architecture architecture, string data, IAnsiConsole console, bool fallBack, CancellationToken cancellation)
    {
        string[] fitting = [.. TextCatalog.Sources.Where(Takes).Select(source => source.Name)];
        if (LoadedData.Texts(data) is not { } source || !Takes(source))
            throw new UsageException($"{architecture.Name} takes {Sets}: {string.Join(", ", fitting)}; got '{data}'.{Suggestion.For(data, fitting)}");
        var (train, test) = TextCatalog.Load(source.Name, new DownloadLines(console), cancellationToken: cancellation);
        return new TextData(this, train, test, source.IsByCharacters ? Characters : Words);
    }

    public sealed override Layer Build(RunDescription description) => TextModel.Of(
        Architectures.Get(description.Model), description.Text!.Vocabulary, description.Text.Features, description.Outputs, new RandomSource(description.Training.Seed));

    public sealed override string? Obstacle(RunDescription description)
    {
        if (description.Text is not { } text) return "it has no text";
        if (text.Vocabulary < 3 || text.Features < 1 || text.Longest < 1 || text.Unit is not (Words or Characters)) return $"{text}";
        return description.Outputs < 1 || description.ClassNames.Length != description.Outputs ? $"{description.Outputs} outputs, {description.ClassNames.Length} class names" : null;
    }

    public sealed override void Predict(TrainedRun run, PredictCommand.Settings settings, CancellationToken cancellation)
    {
        if (settings.Text is null && settings.Files.Length == 0) throw new UsageException("the run takes texts: give one by --text, or name files with a text on each line");
        var text = run.Description.Text!;
        var vocabulary = Vocabulary.Load(run.Folder.Vocabulary);
        if (vocabulary.Count != text.Vocabulary) throw new InvalidDataException($"{run.Folder.Vocabulary} has {vocabulary.Count} tokens, and the network {text.Vocabulary}: it belongs to another run");
        var texts = settings.Files.SelectMany(Lines).Concat(settings.Text is null ? [] : [settings.Text]).Select(line => (Text: line, Tokens: Cut(line, text.Unit))).ToArray();
        if (Array.FindIndex(texts, each => each.Tokens.Length == 0) is >= 0 and int empty) throw new UsageException($"the text '{texts[empty].Text}' has no {text.Unit}");
        Answer(run, [.. texts.Select(each => (each.Text, each.Tokens, Numbers(each.Tokens, vocabulary, text.Longest)))], settings.Json, cancellation);
    }

    private static IEnumerable<string> Lines(string file)
    {
        if (!File.Exists(file)) throw new UsageException($"there is no file '{file}'; a text itself is given by --text");
        return File.ReadLines(file).Where(line => line.Trim().Length > 0);
    }

    // The sets have their punctuation parted already; a user's text has not.
    private static string[] Cut(string line, string unit)
    {
        if (unit == Characters) return Tokenization.Characters(line);
        var parted = new System.Text.StringBuilder(line.Length + 16);
        foreach (char letter in line)
        {
            if (letter is '.' or ',' or '!' or '?' or ';' or ':' or '(' or ')' or '"') parted.Append(' ').Append(letter).Append(' ');
            else parted.Append(letter);
        }

        return Tokenization.Words(parted.ToString());
    }

    // Some sets are in small letters throughout: what is unknown with a capital may be known without.
    private static int[] Numbers(string[] tokens, Vocabulary vocabulary, int longest) =>
    [
        .. tokens.Take(longest).Select(token => vocabulary.NumberOf(token) is var number && number != Vocabulary.Unknown ? number : vocabulary.NumberOf(token.ToLowerInvariant())),
    ];
}
