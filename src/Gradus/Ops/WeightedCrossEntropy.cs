using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// Cross-entropy with a weight for each class, rows that do not count, and smoothed labels: with the target
/// q = (1 - s) · one-hot + s / classes of each row that counts, Σ over rows and classes of -w[k] q[k] log softmax(x)[k], over the sum of
/// w[label]. dx[k] = softmax[k] · Σ w q - w[k] q[k], over that sum.
/// </summary>
/// <remarks>Szegedy et al. 2016, https://arxiv.org/abs/1512.00567, section 7, with the weights of https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html.</remarks>
/// <param name="smoothing">s, the share that all classes have alike, from 0 to 1.</param>
/// <param name="ignored">The label of rows that do not count; null if all do.</param>
/// <param name="weighted">Whether the weights are an input.</param>
internal sealed class WeightedCrossEntropy(float smoothing, int? ignored, bool weighted) : Operation
{
    public override object Settings => (smoothing, ignored, weighted);

    // inputs: logits [batch, classes], weights [classes] if weighted; integers: labels [batch]
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var logits = inputs[0];
        Require(logits.Rank == 2 && logits.Count > 0, $"cross-entropy expects logits [batch, classes] with at least one of each; got {logits}");
        if (weighted) Require(inputs[1] == [logits[1]], $"logits {logits} need class weights [{logits[1]}]; got {inputs[1]}");
        return new Signature(Shape.Scalar)
        {
            Saved = [logits, [1]],   // log softmax; the sum of the labels' weights
            Scratch = logits[0],     // each row's loss
            BackwardReads = Reads.Weights,
        };
    }

    protected internal override void Forward(Frame f)
    {
        int batch = f.InputShape(0)[0];
        RequireLabels(f);
        double weights = 0;
        foreach (int label in f.Integers(0)) if (label != ignored) weights += Weight(f, label);
        f.Saved(1)[0] = (float)weights;
        ForTiles(f, static (operation, f, first, rows, classes) =>
        {
            var logs = f.Saved(0).Slice(first * classes, rows * classes);
            SoftmaxRows.Forward(f.Input(0).Slice(first * classes, rows * classes), logs, classes, logarithm: true);
            for (int row = 0; row < rows; row++) f.Scratch[first + row] = operation.Loss(f, logs.Slice(row * classes, classes), f.Integers(0)[first + row]);
        });
        f.Output[0] = Reductions.Sum(f.Scratch[..batch]) / (float)weights; // no row counts: 0 / 0, which is not a number
    }

    protected internal override void Backward(Frame f)
    {
        if (f.Wants(0)) ForTiles(f, static (operation, f, first, rows, classes) =>
        {
            for (int row = first; row < first + rows; row++) operation.Derive(f, row, classes);
        });
        if (weighted && f.Wants(1)) DeriveWeights(f);
    }

    private float Loss(Frame f, ReadOnlySpan<float> logs, int label)
    {
        if (label == ignored) return 0;
        float loss = -(1 - smoothing) * Weight(f, label) * logs[label];
        if (smoothing == 0) return loss;
        float sum = weighted ? System.Numerics.Tensors.TensorPrimitives.Dot(f.Input(1), logs) : System.Numerics.Tensors.TensorPrimitives.Sum(logs);
        return loss - smoothing / logs.Length * sum;
    }

    private void Derive(Frame f, int row, int classes)
    {
        var gradient = f.InputGradient(0).Slice(row * classes, classes);
        int label = f.Integers(0)[row];
        if (label == ignored)
        {
            gradient.Clear();
            return;
        }

        float scale = f.OutputGradient[0] / f.Saved(1)[0], own = (1 - smoothing) * Weight(f, label), each = smoothing / classes;
        float all = own + each * (weighted ? System.Numerics.Tensors.TensorPrimitives.Sum(f.Input(1)) : classes);
        VectorMath.Exp(f.Saved(0).Slice(row * classes, classes), gradient);
        System.Numerics.Tensors.TensorPrimitives.Multiply(gradient, all * scale, gradient);
        if (smoothing != 0)
        {
            if (weighted) System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(f.Input(1), -each * scale, gradient, gradient);
            else System.Numerics.Tensors.TensorPrimitives.Subtract(gradient, each * scale, gradient);
        }

        gradient[label] -= own * scale;
    }

    // loss = N / W: dw[k] = (dN/dw[k] - loss · dW/dw[k]) / W
    private void DeriveWeights(Frame f)
    {
        int classes = f.InputShape(0)[1];
        var gradient = f.InputGradient(1);
        float total = f.Saved(1)[0], scale = f.OutputGradient[0] / total;
        double loss = 0;
        gradient.Clear();
        for (int row = 0; row < f.InputShape(0)[0]; row++)
        {
            int label = f.Integers(0)[row];
            if (label == ignored) continue;
            var logs = f.Saved(0).Slice(row * classes, classes);
            loss += Loss(f, logs, label);
            gradient[label] -= scale * (1 - smoothing) * logs[label];
            if (smoothing != 0) System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(logs, -scale * smoothing / classes, gradient, gradient);
        }

        float mean = (float)(loss / total);
        foreach (int label in f.Integers(0)) if (label != ignored) gradient[label] -= scale * mean;
    }

    private float Weight(Frame f, int label) => weighted ? f.Input(1)[label] : 1;

    private void RequireLabels(Frame f)
    {
        var labels = f.Integers(0);
        int batch = f.InputShape(0)[0], classes = f.InputShape(0)[1];
        Require(labels.Length == batch, $"{f.InputShape(0)} logits need {batch} labels; got {labels.Length}");
        for (int row = 0; row < batch; row++)
        {
            if ((uint)labels[row] >= (uint)classes && labels[row] != ignored)
                throw new ArgumentOutOfRangeException(nameof(f), $"label {labels[row]} at row {row} is outside 0 to {classes - 1}: the model has {classes} outputs");
        }
    }

    private void ForTiles(Frame f, Action<WeightedCrossEntropy, Frame, int, int, int> body)
    {
        int batch = f.InputShape(0)[0], classes = f.InputShape(0)[1];
        Tiles.Run(Tiles.Rows(batch, classes), 8L * batch * classes, (this, f, body, batch, classes), static (s, tile) =>
        {
            int first = tile * Tiles.RowsPerTile(s.classes);
            s.body(s.Item1, s.f, first, Math.Min(Tiles.RowsPerTile(s.classes), s.batch - first), s.classes);
        });
    }
}

/// <summary>Cross-entropy with weights and smoothed labels, on logits.</summary>
public static class WeightedCrossEntropyExtensions
{
    extension(Tensor logits)
    {
        /// <summary>The weighted mean cross-entropy between softmax(logits) and smoothed labels.</summary>
        /// <param name="labels"><c>[batch]</c>, each from 0 to classes - 1, or <paramref name="ignored"/>.</param>
        /// <param name="weights"><c>[classes]</c>: how much each class counts; null if all count 1.</param>
        /// <param name="smoothing">The share of the target that all classes have alike, from 0 to 1.</param>
        /// <param name="ignored">The label of rows that do not count, such as -1; null if all do.</param>
        /// <returns>A scalar, for logits <c>[batch, classes]</c>; NaN if no row counts.</returns>
        /// <exception cref="ShapeException">The shapes do not fit together.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A label is not a class, or the smoothing is outside 0 to 1.</exception>
        public Tensor CrossEntropy(IntTensor labels, Tensor? weights, float smoothing = 0, int? ignored = null)
        {
            if (!(smoothing >= 0 && smoothing <= 1)) throw new ArgumentOutOfRangeException(nameof(smoothing), $"a smoothing of {smoothing} is outside 0 to 1: it is the share that all classes have alike");
            return new WeightedCrossEntropy(smoothing, ignored, weights is not null).ApplyAll(weights is null ? [logits] : [logits, weights], [labels])[0];
        }
    }
}
