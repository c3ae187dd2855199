namespace Gradus.Zoo;

/// <summary>What an architecture learns to do, and so what a sample of its training is.</summary>
public enum LearningTask
{
    /// <summary>One class for a picture or a row of numbers.</summary>
    Classification,

    /// <summary>A label for every pixel of a picture.</summary>
    Segmentation,

    /// <summary>One class for a sequence, such as a sentence.</summary>
    SequenceClassification,

    /// <summary>A tag for every step of a sequence.</summary>
    SequenceTagging,

    /// <summary>Another sequence, such as a translation.</summary>
    Translation,

    /// <summary>The token that follows those before it.</summary>
    LanguageModelling,
}
