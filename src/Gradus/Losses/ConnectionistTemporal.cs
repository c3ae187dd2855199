using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>
/// Connectionist temporal classification: the mean over the batch of -log P(labels), where P sums over all alignments of the labels with
/// the steps. The loss of reading and listening, where it is known what is said and not when.
/// </summary>
/// <remarks>
/// Logits <c>[batch, time, classes]</c>, labels <c>[batch, most]</c> with -1 behind the last. It takes logits, not logarithms of
/// probabilities. Graves, Fernández, Gomez and Schmidhuber 2006, "Connectionist temporal classification", equation 12.
/// </remarks>
public static class ConnectionistTemporal
{
    /// <summary>The loss, a scalar.</summary>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="ArgumentException">A label is not a class, or its sequence is too short for its labels.</exception>
    public static Tensor Of(Tensor logits, IntTensor labels) => Of(logits, labels, lengths: null);

    /// <summary>The loss of sequences of different lengths, a scalar.</summary>
    /// <param name="logits"><c>[batch, time, classes]</c>; what stands behind a sequence's end is not read.</param>
    /// <param name="labels"><c>[batch, most]</c>; a number below 0 ends the labels of its sequence.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all are full.</param>
    /// <param name="blank">The class that stands for no label.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="ArgumentException">A label is not a class, or its sequence is too short for its labels.</exception>
    public static Tensor Of(Tensor logits, IntTensor labels, IntTensor? lengths, int blank = 0) =>
        logits.ConnectionistTemporalClassification(labels, lengths, blank).Mean();
}
