using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// Minus the logarithm of the probability that softmax(logits), step by step, spells the labels once repetitions are merged and blanks
/// taken out; dLogits[t, k] = softmax - the probability that the alignment is at class k at step t.
/// </summary>
/// <remarks>Graves, Fernández, Gomez and Schmidhuber 2006, "Connectionist temporal classification", equations 8, 12 and 16.</remarks>
/// <param name="most">The labels of the longest labelling: the second size of the labels.</param>
/// <param name="blank">The class that stands for no label.</param>
internal sealed class ConnectionistTemporalClassification(int most, int blank) : Operation
{
    public override object Settings => (most, blank);

    // inputs: logits [batch, time, classes]; integers: labels [batch, most], below 0 behind the last, and lengths [batch], optional
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var logits = inputs[0];
        Require(logits.Rank == 3 && logits[2] >= 1, $"connectionist temporal classification expects logits [batch, time, classes]; got {logits}");
        Require((uint)blank < (uint)logits[2], $"the blank is class {blank}, and the logits {logits} have {logits[2]} classes");
        return new Signature([logits[0]])
        {
            Saved = [logits, [logits[0], logits[1], ConnectionistTemporal.Width(most)]], // log softmax, and the forward recursion's rows
            Scratch = logits[0] * 2 * ConnectionistTemporal.Width(most),
            BackwardScratch = logits[0] * ConnectionistTemporal.WorkingLength(most),
            BackwardReads = Reads.None,
        };
    }

    protected internal override void Forward(Frame f)
    {
        RequireIntegers(f);
        ForSequences(f, static (operation, f, sequence) =>
        {
            int row = f.InputShape(0)[1] * f.InputShape(0)[2], length = Length(f, sequence), classes = f.InputShape(0)[2];
            var labels = operation.Labels(f, sequence);
            f.Output[sequence] = 0;
            if (length == 0) return; // and without labels, as required
            var logs = f.Saved(0).Slice(sequence * row, length * classes);
            SoftmaxRows.Forward(f.Input(0).Slice(sequence * row, length * classes), logs, classes, logarithm: true);
            f.Output[sequence] = -(float)ConnectionistTemporal.Forward(
                logs, classes, labels, operation.Blank, Part(f.Saved(1), sequence, f), Part(f.Scratch, sequence, f), operation.Most);
        });
    }

    protected internal override void Backward(Frame f) => ForSequences(f, static (operation, f, sequence) =>
    {
        int row = f.InputShape(0)[1] * f.InputShape(0)[2], length = Length(f, sequence), classes = f.InputShape(0)[2];
        var gradient = f.InputGradient(0).Slice(sequence * row, row);
        gradient[(length * classes)..].Clear();
        if (length == 0) return;
        ConnectionistTemporal.Backward(
            f.Saved(0).Slice(sequence * row, length * classes), classes, operation.Labels(f, sequence), operation.Blank,
            Part(f.Saved(1), sequence, f), Part(f.BackwardScratch, sequence, f), operation.Most, f.OutputGradient[sequence], gradient[..(length * classes)]);
    });

    private int Most => most;

    private int Blank => blank;

    private static Span<float> Part(Span<float> all, int sequence, Frame f)
    {
        int each = all.Length / f.InputShape(0)[0];
        return all.Slice(sequence * each, each);
    }

    private static int Length(Frame f, int sequence) => f.Integers(1) is { IsEmpty: false } lengths ? lengths[sequence] : f.InputShape(0)[1];

    private ReadOnlySpan<int> Labels(Frame f, int sequence)
    {
        var labels = f.Integers(0).Slice(sequence * most, most);
        int end = labels.IndexOfAnyInRange(int.MinValue, -1);
        return end < 0 ? labels : labels[..end];
    }

    private void RequireIntegers(Frame f)
    {
        int batch = f.InputShape(0)[0], time = f.InputShape(0)[1], classes = f.InputShape(0)[2];
        Require(f.Integers(0).Length == batch * most, $"{f.InputShape(0)} logits need labels [{batch}, {most}]; got {f.Integers(0).Length}");
        Require(f.Integers(1).IsEmpty || f.Integers(1).Length == batch, $"{f.InputShape(0)} logits need {batch} lengths; got {f.Integers(1).Length}");
        for (int sequence = 0; sequence < batch; sequence++)
        {
            int length = Length(f, sequence);
            if ((uint)length > (uint)time) throw new ArgumentOutOfRangeException(nameof(f), $"a length of {length} is outside 0 to {time}, the steps of {f.InputShape(0)}");
            var labels = Labels(f, sequence);
            foreach (int label in labels)
            {
                if (label >= classes || label == blank)
                    throw new ArgumentOutOfRangeException(nameof(f), $"label {label} of sequence {sequence} is not one of the {classes} classes, or is the blank {blank}");
            }

            if (ConnectionistTemporal.ShortestAlignment(labels) is var shortest && shortest > length)
                throw new ArgumentException($"sequence {sequence} has {length} steps, and its {labels.Length} labels need {shortest}: one each, and a blank between equal neighbours");
        }
    }

    private void ForSequences(Frame f, Action<ConnectionistTemporalClassification, Frame, int> body) =>
        Tiles.Run(f.InputShape(0)[0], 8L * f.InputShape(0).Count + 32L * f.Saved(1).Length, (this, f, body), static (s, sequence) => s.body(s.Item1, s.f, sequence));
}

/// <summary>Connectionist temporal classification of tensors.</summary>
public static class ConnectionistTemporalClassificationExtensions
{
    extension(Tensor logits)
    {
        /// <summary>Minus the logarithm of each labelling's probability, [batch], for logits <c>[batch, time, classes]</c>.</summary>
        /// <param name="labels"><c>[batch, most]</c>; a number below 0 ends the labels of its sequence.</param>
        /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
        /// <param name="blank">The class that stands for no label.</param>
        /// <exception cref="ShapeException">The shapes do not fit together.</exception>
        /// <exception cref="ArgumentException">A label is not a class, or its sequence is too short for its labels.</exception>
        public Tensor ConnectionistTemporalClassification(IntTensor labels, IntTensor? lengths = null, int blank = 0)
        {
            ArgumentNullException.ThrowIfNull(labels);
            if (labels.Shape.Rank != 2) throw new ShapeException($"labels must be [batch, labels of the longest]; got {labels.Shape}");
            return new ConnectionistTemporalClassification(labels.Shape[1], blank).ApplyAll([logits], lengths is null ? [labels] : [labels, lengths])[0];
        }
    }
}
