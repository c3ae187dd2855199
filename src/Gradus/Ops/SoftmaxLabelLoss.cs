using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// The mean over the batch of -log softmax(logits) at the labels, whatever labels are, in one pass: the softmax is never divided by itself, so
/// that no logit overflows.
/// </summary>
/// <remarks>Bishop 2006, "Pattern Recognition and Machine Learning", equations 4.104 and 4.108.</remarks>
internal abstract class SoftmaxLabelLoss : Operation
{
    // inputs: logits [batch, classes]; integers: labels, one or several numbers a row
    protected internal sealed override Signature Infer(ReadOnlySpan<Shape> inputs)
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

    protected internal sealed override void Forward(Frame f)
    {
        int batch = f.InputShape(0)[0], classes = f.InputShape(0)[1];
        RequireLabels(f, batch);
        Tiles.Run(Tiles.Rows(batch, classes), 8L * batch * classes, (operation: this, f, batch, classes), static (s, tile) =>
        {
            int first = tile * Tiles.RowsPerTile(s.classes), rows = Math.Min(Tiles.RowsPerTile(s.classes), s.batch - first);
            var logits = s.f.Input(0).Slice(first * s.classes, rows * s.classes);
            Span<float> losses = s.f.Scratch.Slice(first, rows), logarithms = s.f.Scratch.Slice(s.batch + first, rows);
            SoftmaxRows.Forward(logits, s.f.Saved(0).Slice(first * s.classes, rows * s.classes), s.classes, logarithm: false, losses, logarithms);
            for (int row = 0; row < rows; row++)
                losses[row] = losses[row] - s.operation.LogitAtLabel(s.f, first + row, logits.Slice(row * s.classes, s.classes)) + logarithms[row];
        });
        f.Output[0] = Reductions.Sum(f.Scratch[..batch]) / batch;
    }

    protected internal sealed override void Backward(Frame f)
    {
        int batch = f.InputShape(0)[0], classes = f.InputShape(0)[1];
        Tiles.Run(Tiles.Rows(batch, classes), (long)batch * classes, (operation: this, f, batch, classes, scale: f.OutputGradient[0] / batch), static (s, tile) =>
        {
            int first = tile * Tiles.RowsPerTile(s.classes), rows = Math.Min(Tiles.RowsPerTile(s.classes), s.batch - first);
            s.operation.BackwardRows(
                s.f, first, rows, s.f.Saved(0).Slice(first * s.classes, rows * s.classes), s.scale, s.f.InputGradient(0).Slice(first * s.classes, rows * s.classes));
        });
    }

    /// <summary>Refuses labels that are no classes, or are too few or too many.</summary>
    protected abstract void RequireLabels(Frame f, int batch);

    /// <summary>The logit of a row's label; of several the weighted mean.</summary>
    protected abstract float LogitAtLabel(Frame f, int row, ReadOnlySpan<float> logits);

    /// <summary>scale · (softmax - label) of some rows, <c>[rows, classes]</c>.</summary>
    protected abstract void BackwardRows(Frame f, int first, int rows, ReadOnlySpan<float> softmax, float scale, Span<float> gradient);
}
