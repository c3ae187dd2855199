using System.Numerics.Tensors;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// The mean over the batch of -s · log softmax(logits)[first] - (1 - s) · log softmax(logits)[second], in one pass.
/// dLogits = (softmax - s · one-hot(first) - (1 - s) · one-hot(second)) / batch.
/// </summary>
/// <remarks>Zhang, Cisse, Dauphin and Lopez-Paz 2018, "mixup", https://arxiv.org/abs/1710.09412, section 2.</remarks>
internal sealed class SoftmaxMixedCrossEntropy : Operation
{
    // inputs: logits [batch, classes]; integers: labels [batch, 3]
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
            int begin = tile * Tiles.RowsPerTile(s.classes), rows = Math.Min(Tiles.RowsPerTile(s.classes), s.batch - begin);
            var logits = s.f.Input(0).Slice(begin * s.classes, rows * s.classes);
            Span<float> losses = s.f.Scratch.Slice(begin, rows), logarithms = s.f.Scratch.Slice(s.batch + begin, rows);
            SoftmaxRows.Forward(logits, s.f.Saved(0).Slice(begin * s.classes, rows * s.classes), s.classes, logarithm: false, losses, logarithms);
            for (int row = 0; row < rows; row++)
            {
                var (first, second, share) = MixedLabel.Read(s.f.Integers(0), begin + row);
                float wanted = share * logits[row * s.classes + first] + (1 - share) * logits[row * s.classes + second];
                losses[row] = losses[row] - wanted + logarithms[row];
            }
        });
        f.Output[0] = Reductions.Sum(f.Scratch[..batch]) / batch;
    }

    protected internal override void Backward(Frame f)
    {
        int batch = f.InputShape(0)[0], classes = f.InputShape(0)[1];
        Tiles.Run(Tiles.Rows(batch, classes), (long)batch * classes, (f, batch, classes, scale: f.OutputGradient[0] / batch), static (s, tile) =>
        {
            int begin = tile * Tiles.RowsPerTile(s.classes), rows = Math.Min(Tiles.RowsPerTile(s.classes), s.batch - begin);
            var gradient = s.f.InputGradient(0).Slice(begin * s.classes, rows * s.classes);
            TensorPrimitives.Multiply(s.f.Saved(0).Slice(begin * s.classes, rows * s.classes), s.scale, gradient);
            for (int row = 0; row < rows; row++)
            {
                var (first, second, share) = MixedLabel.Read(s.f.Integers(0), begin + row);
                gradient[row * s.classes + first] -= share * s.scale;
                gradient[row * s.classes + second] -= (1 - share) * s.scale;
            }
        });
    }

    private static void RequireLabels(Frame f, int batch)
    {
        var labels = f.Integers(0);
        int classes = f.InputShape(0)[1];
        Require(labels.Length == batch * MixedLabel.Length, $"{f.InputShape(0)} logits need mixed labels [{batch}, {MixedLabel.Length}]; got {labels.Length} numbers");
        for (int row = 0; row < batch; row++)
        {
            var (first, second, share) = MixedLabel.Read(labels, row);
            if ((uint)first >= (uint)classes || (uint)second >= (uint)classes)
                throw new ArgumentOutOfRangeException(nameof(f), $"labels {first} and {second} at row {row} must be 0 to {classes - 1}: the model has {classes} outputs");
            if (share is not (>= 0 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(f), $"the share at row {row} is {share}; it is from 0 to 1");
        }
    }
}

/// <summary>Cross-entropy with labels of two classes.</summary>
public static class SoftmaxMixedCrossEntropyExtensions
{
    extension(Tensor logits)
    {
        /// <summary>The mean cross-entropy between softmax(logits) and labels of two classes.</summary>
        /// <param name="labels"><c>[batch, 3]</c>: see <see cref="MixedLabel"/>.</param>
        /// <returns>A scalar, for logits <c>[batch, classes]</c>.</returns>
        /// <exception cref="ArgumentOutOfRangeException">A label is not a class, or a share is not from 0 to 1.</exception>
        public Tensor MixedCrossEntropy(IntTensor labels) => new SoftmaxMixedCrossEntropy().ApplyAll([logits], [labels])[0];
    }
}
