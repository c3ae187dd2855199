using System.Numerics.Tensors;
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
    private const int RowTile = 64;

    // inputs: logits [batch, classes]; integers: labels [batch]
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var logits = inputs[0];
        Require(logits.Rank == 2 && logits.Count > 0, $"cross-entropy expects logits [batch, classes] with at least one of each; got {logits}");
        return new Signature(Shape.Scalar)
        {
            Saved = [logits],         // the softmax
            Scratch = logits[0],      // one loss per row
            BackwardReads = Reads.None,
        };
    }

    protected internal override void Forward(Frame f)
    {
        int batch = f.InputShape(0)[0];
        RequireLabels(f, batch);
        Workers.Run((batch + RowTile - 1) / RowTile, (f, batch), static (s, tile) =>
        {
            for (int row = tile * RowTile; row < Math.Min((tile + 1) * RowTile, s.batch); row++) s.f.Scratch[row] = Row(s.f, row);
        });
        f.Output[0] = TensorPrimitives.Sum<float>(f.Scratch[..batch]) / batch;
    }

    protected internal override void Backward(Frame f)
    {
        int batch = f.InputShape(0)[0], classes = f.InputShape(0)[1];
        float scale = f.OutputGradient[0] / batch;
        var gradient = f.InputGradient(0);
        TensorPrimitives.Multiply(f.Saved(0), scale, gradient);
        var labels = f.Integers(0);
        for (int row = 0; row < batch; row++) gradient[row * classes + labels[row]] -= scale;
    }

    private static float Row(Frame f, int row)
    {
        int classes = f.InputShape(0)[1];
        var logits = f.Input(0).Slice(row * classes, classes);
        var softmax = f.Saved(0).Slice(row * classes, classes);
        float maximum = TensorPrimitives.Max(logits);
        TensorPrimitives.Subtract(logits, maximum, softmax);
        float loss = -softmax[f.Integers(0)[row]];
        TensorPrimitives.Exp<float>(softmax, softmax);
        float sum = TensorPrimitives.Sum<float>(softmax);
        TensorPrimitives.Multiply(softmax, 1 / sum, softmax);
        return loss + MathF.Log(sum);
    }

    private static void RequireLabels(Frame f, int batch)
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
