using Gradus.Training;

namespace Gradus.Zoo;

/// <summary>A network over sequences that may differ in length: what stands behind a sequence's end has no influence on anything.</summary>
public abstract class SequenceModel : Layer
{
    /// <summary>
    /// How to train it on batches whose inputs are the sequences, whose labels are what <see cref="Loss(Tensor, IntTensor, IntTensor?)"/> takes, and
    /// whose second whole-number tensor, where there is one, holds the lengths.
    /// </summary>
    public Objective Objective => new(
        this,
        batch => Forward(batch.Inputs, LengthsOf(batch)),
        (output, batch) => Loss(output, batch.Labels, LengthsOf(batch)),
        (output, batch) => Correct(output, batch.Labels, LengthsOf(batch)));

    /// <summary>The output for full sequences.</summary>
    public sealed override Tensor Forward(Tensor x) => Forward(x, null);

    /// <summary>The output for sequences of different lengths.</summary>
    /// <param name="x"><c>[batch, time, features]</c>, or <c>[batch, time]</c> for a model of tokens.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 1 to time; null if all sequences are full.</param>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each sequence, or one is out of range.</exception>
    public abstract Tensor Forward(Tensor x, IntTensor? lengths);

    /// <summary>The loss of an output, a scalar: the mean over the batch.</summary>
    /// <param name="output">What <see cref="Forward(Tensor, IntTensor?)"/> gave.</param>
    /// <param name="labels">One class for each sequence, or one tag for each step.</param>
    /// <param name="lengths">As for the output.</param>
    public abstract Tensor Loss(Tensor output, IntTensor labels, IntTensor? lengths);

    /// <summary>How many labels the model would have given itself, of how many; nothing is allocated once warm.</summary>
    /// <param name="output">What <see cref="Forward(Tensor, IntTensor?)"/> gave.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="lengths">As for the output.</param>
    public abstract (long Correct, long Count) Correct(Tensor output, IntTensor labels, IntTensor? lengths);

    private static IntTensor? LengthsOf(TrainingBatch batch) => batch.Integers.Length > 1 ? batch.Integers[1] : null;
}
