using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// The mean over the batch of Σⱼ max(0, margin + x[j] - x[label]), j over the other classes. Each class inside the margin has the gradient
/// 1 / batch, and the label's is minus their number.
/// </summary>
/// <remarks>Weston and Watkins 1999, "Support vector machines for multi-class pattern recognition", equation 4.</remarks>
internal sealed class MultiClassHinge(float margin) : Operation
{
    public override object Settings => margin;

    // inputs: scores [batch, classes]; integers: labels [batch]
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        Require(inputs[0].Rank == 2 && inputs[0].Count > 0, $"the hinge loss expects scores [batch, classes] with at least one of each; got {inputs[0]}");
        return new Signature(Shape.Scalar) { Scratch = inputs[0][0] }; // each row's loss
    }

    protected internal override void Forward(Frame f)
    {
        int batch = f.InputShape(0)[0];
        SoftmaxCrossEntropy.RequireOneLabelEach(f, batch);
        ForRows(f, this, static (operation, f, row, classes) =>
        {
            var x = f.Input(0).Slice(row * classes, classes);
            int label = f.Integers(0)[row];
            float bound = x[label] - operation.Margin, sum = 0;
            for (int j = 0; j < classes; j++) if (j != label) sum += MathF.Max(0, x[j] - bound);
            f.Scratch[row] = sum;
        });
        f.Output[0] = Reductions.Sum(f.Scratch[..batch]) / batch;
    }

    protected internal override void Backward(Frame f) => ForRows(f, this, static (operation, f, row, classes) =>
    {
        var x = f.Input(0).Slice(row * classes, classes);
        var gradient = f.InputGradient(0).Slice(row * classes, classes);
        int label = f.Integers(0)[row], inside = 0;
        float bound = x[label] - operation.Margin, each = f.OutputGradient[0] / f.InputShape(0)[0];
        for (int j = 0; j < classes; j++)
        {
            bool counts = j != label && x[j] > bound;
            gradient[j] = counts ? each : 0;
            if (counts) inside++;
        }

        gradient[label] = -inside * each;
    });

    private float Margin => margin;

    private static void ForRows(Frame f, MultiClassHinge operation, Action<MultiClassHinge, Frame, int, int> body)
    {
        int batch = f.InputShape(0)[0], classes = f.InputShape(0)[1];
        Tiles.Run(Tiles.Rows(batch, classes), 2L * batch * classes, (operation, f, body, batch, classes), static (s, tile) =>
        {
            int rows = Tiles.RowsPerTile(s.classes);
            for (int row = tile * rows; row < Math.Min((tile + 1) * rows, s.batch); row++) s.body(s.operation, s.f, row, s.classes);
        });
    }
}

/// <summary>The hinge loss of several classes on tensors.</summary>
public static class MultiClassHingeExtensions
{
    extension(Tensor scores)
    {
        /// <summary>The mean over the batch of Σⱼ max(0, margin + scores[j] - scores[label]), j over the other classes.</summary>
        /// <param name="labels"><c>[batch]</c>, each from 0 to classes - 1.</param>
        /// <param name="margin">By how much the label's score is to be the greatest.</param>
        /// <returns>A scalar, for scores <c>[batch, classes]</c>.</returns>
        /// <exception cref="ArgumentOutOfRangeException">A label is not a class.</exception>
        public Tensor MultiClassHinge(IntTensor labels, float margin = 1) => new MultiClassHinge(margin).ApplyAll([scores], [labels])[0];
    }
}
