using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>The mean over the batch of -log softmax(logits)[label]; dLogits = (softmax - one-hot) / batch.</summary>
/// <remarks>See <see cref="SoftmaxLabelLoss"/>.</remarks>
internal sealed class SoftmaxCrossEntropy : SoftmaxLabelLoss
{
    protected override void RequireLabels(Frame f, int batch) => RequireOneLabelEach(f, batch);

    protected override float LogitAtLabel(Frame f, int row, ReadOnlySpan<float> logits) => logits[f.Integers(0)[row]];

    protected override void BackwardRows(Frame f, int first, int rows, ReadOnlySpan<float> softmax, float scale, Span<float> gradient) =>
        SoftmaxRows.CrossEntropyBackward(softmax, f.Integers(0).Slice(first, rows), scale, gradient);

    internal static void RequireOneLabelEach(Frame f, int batch)
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
