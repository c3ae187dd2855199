using Gradus.Data;

namespace Gradus.Cli.DataSets;

/// <summary>What <c>--augment</c> says.</summary>
internal static class Augmentations
{
    /// <summary>Why the text is no list of augmentations; null if it is one or none was given.</summary>
    public static string? Obstacle(string? text)
    {
        if (text is null) return null;
        try
        {
            AugmentationPipeline.Parse(text);
            return null;
        }
        catch (ArgumentException refused)
        {
            string first = refused.Message.Replace($" (Parameter '{refused.ParamName}')", "", StringComparison.Ordinal);
            string? unknown = text.Split(',', StringSplitOptions.TrimEntries).Select(step => step.Split(':')[0]).FirstOrDefault(name => !AugmentationCatalog.Names.Contains(name));
            return first + (unknown is null ? "" : Suggestion.For(unknown, AugmentationCatalog.Names));
        }
    }

    /// <summary>The same with every strength written out: a run must not change when a default does.</summary>
    public static string? Full(string? text) => text is null ? null : AugmentationPipeline.Parse(text).ToString();

    /// <summary>The pipeline for a training set; null for none.</summary>
    /// <exception cref="UsageException">The set's samples are no pictures that can be changed so.</exception>
    public static AugmentationPipeline? For(Dataset data, string text, ulong seed)
    {
        var pipeline = AugmentationPipeline.Parse(text, seed);
        if (pipeline.Steps.Count == 0) return null;
        if (!data.HasPictures) throw new UsageException($"augmentations change pictures, and the samples of {data.Name} are rows of numbers");
        return pipeline;
    }
}
