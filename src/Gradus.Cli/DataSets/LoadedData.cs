using Gradus.Data;
using Gradus.Zoo;
using Spectre.Console;

namespace Gradus.Cli.DataSets;

/// <summary>Reads a data set and says where it comes from.</summary>
internal static class LoadedData
{
    private const string BuiltIn = "digits";

    /// <summary>The set of this name, or the built-in one where none can be had.</summary>
    public static (Dataset Train, Dataset Test) Load(string name, IAnsiConsole console, bool fallBack, CancellationToken cancellation, DataLocations? locations = null)
    {
        Require(name);
        try
        {
            return DatasetCatalog.Load(name, new DownloadLines(console), locations, cancellationToken: cancellation);
        }
        catch (DatasetUnavailableException unavailable) when (fallBack)
        {
            console.WriteLine($"{unavailable.Message} Training on the built-in {BuiltIn} instead.");
            return DatasetCatalog.Load(BuiltIn, cancellationToken: cancellation);
        }
    }

    public static DatasetLocation Get(string name, IAnsiConsole console, CancellationToken cancellation)
    {
        Require(name);
        return DatasetCatalog.Get(name, new DownloadLines(console), cancellationToken: cancellation);
    }

    /// <summary>Whether this is the set that stands in for others.</summary>
    public static bool IsBuiltIn(Dataset data) => data.Name == BuiltIn;

    /// <summary>The set of texts of this name; null if it is of another kind.</summary>
    public static TextSource? Texts(string name) => TextCatalog.Sources.FirstOrDefault(source => source.Name == name.Replace('_', '-'));

    private static void Require(string name)
    {
        if (Texts(name) is { } texts)
        {
            var task = texts.IsTagged ? LearningTask.SequenceTagging : LearningTask.SequenceClassification;
            string[] networks = [.. Architectures.All.Where(architecture => architecture.Task == task).Select(architecture => architecture.Name)];
            throw new UsageException($"{name} is a set of texts, and pictures or tables are needed here; such texts are for {string.Join(", ", networks)}");
        }

        try
        {
            DatasetCatalog.Find(name);
        }
        catch (ArgumentException unknown)
        {
            throw new UsageException(FirstSentence(unknown) + Suggestion.For(name, DatasetCatalog.Names.Concat(TextCatalog.Names)));
        }
    }

    // An ArgumentException adds its parameter's name, which means nothing to a reader at the terminal.
    private static string FirstSentence(ArgumentException failure) => failure.Message.Replace($" (Parameter '{failure.ParamName}')", "", StringComparison.Ordinal);
}
