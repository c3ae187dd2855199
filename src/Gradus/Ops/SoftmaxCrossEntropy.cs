using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// The mean over the batch of -log softmax(logits)[label], in one pass: the softmax is never divided by itself, so that no
/// logit overflows. dLogits = (softmax - one-hot) / batch.
/// </summary>
/// <remarks>Bishop 2006, "Pattern Recognition and Machine Learning", equations 4.104 and 4.108.</remarks>
internal sealed class SoftmaxCrossEntropy : Operation
{
    // inputs: logits [batch, classes]; integers: labels [batch]
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var logits = inputs[0];
        Require(logits.Rank == 2 && logits.Count > 0, $"cross-entropy expects logits [batch, classes] with at least one of each; got {logits}");
        return new Signature(Shape.Scalar)
        {
            Saved = [logits],         // the softmax
            Scratch = 2 * logits[0],  // of each row the loss, and the logarithm of its sum
            BackwardReads = Reads.None,
        };
    }

    protected internal override void Forward(Frame f)
    {
        int batch = f.InputShape(0)[0], classes = f.InputShape(0)[1];
        RequireLabels(f, batch);
        Tiles.Run(Tiles.Rows(batch, classes), 8L * batch * classes, (f, batch, classes), static (s, tile) =>
        {
            int first = tile * Tiles.RowsPerTile(s.classes), rows = Math.Min(Tiles.RowsPerTile(s.classes), s.batch - first);
            var logits = s.f.Input(0).Slice(first * s.classes, rows * s.classes);
            Span<float> losses = s.f.Scratch.Slice(first, rows), logarithms = s.f.Scratch.Slice(s.batch + first, rows);
            SoftmaxRows.Forward(logits, s.f.Saved(0).Slice(first * s.classes, rows * s.classes), s.classes, logarithm: false, losses, logarithms);
            var labels = s.f.Integers(0).Slice(first, rows);
            for (int row = 0; row < rows; row++) losses[row] = losses[row] - logits[row * s.classes + labels[row]] + logarithms[row];
        });
        f.Output[0] = Reductions.Sum(f.Scratch[..batch]) / batch;
    }

    protected internal override void Backward(Frame f)
    {
        int batch = f.InputShape(0)[0], classes = f.InputShape(0)[1];
        Tiles.Run(Tiles.Rows(batch, classes), (long)batch * classes, (f, batch, classes, scale: f.OutputGradient[0] / batch), static (s, tile) =>
        {
            int first = tile * Tiles.RowsPerTile(s.classes), rows = Math.Min(Tiles.RowsPerTile(s.classes), s.batch - first);
            SoftmaxRows.CrossEntropyBackward(
                s.f.Saved(0).Slice(first * s.classes, rows * s.classes), s.f.Integers(0).Slice(first, rows), s.scale,
                s.f.InputGradient(0).Slice(first * s.classes, rows * s.classes));
        });
    }

    internal static void RequireLabels(Frame f, int batch)
    {
        var labels = f.Integers(0);
        int classes = f.InputShape(0)[1];
        Require(labels.Length == batch, $"{f.InputShape(0)} logits need {batch} labels; got {labels.Length}");
        for (int row = 0; row < batch; row++)
        {
            if ((uint)labels[row] >= (uint)classes)
                throw new ArgumentOutOfRangeException(nameof(f), $"label {labels[row]} at row {row} is outside 0 to {classes - 1}: the model has {classes} outputs");
        }
    }
}

/// <summary>Cross-entropy on logits.</summary>
public static class SoftmaxCrossEntropyExtensions
{
    extension(Tensor logits)
    {
        /// <summary>The mean cross-entropy between softmax(logits) and integer labels.</summary>
        /// <param name="labels"><c>[batch]</c>, each from 0 to classes - 1.</param>
        /// <returns>A scalar, for logits <c>[batch, classes]</c>.</returns>
        /// <exception cref="ArgumentOutOfRangeException">A label is not a class.</exception>
        public Tensor CrossEntropy(IntTensor labels) => new SoftmaxCrossEntropy().ApplyAll([logits], [labels])[0];
    }
}
