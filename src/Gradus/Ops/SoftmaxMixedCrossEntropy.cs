using System.Numerics.Tensors;
using Gradus.Graph;

namespace Gradus.Ops;

/// <summary>
/// The mean over the batch of -s · log softmax(logits)[first] - (1 - s) · log softmax(logits)[second].
/// dLogits = (softmax - s · one-hot(first) - (1 - s) · one-hot(second)) / batch.
/// </summary>
/// <remarks>Integers: labels [batch, 3]. Zhang, Cisse, Dauphin and Lopez-Paz 2018, "mixup", https://arxiv.org/abs/1710.09412, section 2.</remarks>
internal sealed class SoftmaxMixedCrossEntropy : SoftmaxLabelLoss
{
    protected override float LogitAtLabel(Frame f, int row, ReadOnlySpan<float> logits)
    {
        var (first, second, share) = MixedLabel.Read(f.Integers(0), row);
        return share * logits[first] + (1 - share) * logits[second];
    }

    protected override void BackwardRows(Frame f, int first, int rows, ReadOnlySpan<float> softmax, float scale, Span<float> gradient)
    {
        int classes = f.InputShape(0)[1];
        TensorPrimitives.Multiply(softmax, scale, gradient);
        for (int row = 0; row < rows; row++)
        {
            var (one, other, share) = MixedLabel.Read(f.Integers(0), first + row);
            gradient[row * classes + one] -= share * scale;
            gradient[row * classes + other] -= (1 - share) * scale;
        }
    }

    protected override void RequireLabels(Frame f, int batch)
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
