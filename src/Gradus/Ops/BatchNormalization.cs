using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// y = gain · x̂ + bias with x̂ = (x - mean) / √(variance + epsilon), per channel (axis 1). In training, mean and (biased) variance
/// are the batch's, and the running statistics move towards them by momentum (the variance unbiased); in evaluation they are
/// the running ones. dx = gain / deviation · (dy - mean(dy) - x̂ mean(dy x̂)) in training, gain / deviation · dy in evaluation.
/// </summary>
/// <remarks>Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167, algorithm 1; momentum as PyTorch counts it.</remarks>
internal sealed class BatchNormalization(float momentum, float epsilon, bool training) : Operation
{
    // inputs: x [n, c] or [n, c, h, w], gain [c], bias [c], running mean [c], running variance [c]
    public override object Settings => (momentum, epsilon, training);

    public float Momentum => momentum;

    public float Epsilon => epsilon;

    public bool IsTraining => training;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        Require(x.Rank is 2 or 4, $"batch normalisation expects [n, c] or [n, c, h, w]; got {x}");
        var channel = Shape.Of([x[1]]);
        foreach (var shape in inputs[1..]) Require(shape == channel, $"gain, bias and running statistics for {x} must be {channel}; got {shape}");
        int each = x.Count / Math.Max(1, x[1]);
        Require(!training || x.Count == 0 || each > 1, $"batch normalisation cannot train on one value per channel; got {x}: use a larger batch, or evaluation mode");
        return new Signature(x) { Saved = [channel, channel] }; // mean, 1 / deviation
    }

    protected internal override void Forward(Frame f)
    {
        var x = f.InputShape(0);
        var kernel = new ChannelNormalization(x[0], x[1], x.CountFrom(2));
        if (x.Count == 0) return;
        kernel.ForBlocks((this, f), static (s, k, first, channels) =>
        {
            Span<float> mean = s.f.Saved(0).Slice(first, channels), inverse = s.f.Saved(1).Slice(first, channels);
            if (s.Item1.IsTraining)
            {
                k.Statistics(s.f.Input(0), first, mean, inverse);
                s.Item1.UpdateRunning(s.f.State(3).Slice(first, channels), s.f.State(4).Slice(first, channels), k.Each, mean, inverse);
            }
            else
            {
                s.f.State(3).Slice(first, channels).CopyTo(mean);
                s.f.State(4).Slice(first, channels).CopyTo(inverse);
            }

            Span<float> scale = stackalloc float[ChannelNormalization.Block], shift = stackalloc float[ChannelNormalization.Block];
            for (int i = 0; i < channels; i++)
            {
                inverse[i] = 1 / MathF.Sqrt(inverse[i] + s.Item1.Epsilon);
                scale[i] = s.f.Input(1)[first + i] * inverse[i];
                shift[i] = s.f.Input(2)[first + i] - mean[i] * scale[i];
            }

            k.ScaleAndShift(s.f.Input(0), first, scale[..channels], shift[..channels], s.f.Output);
        });
    }

    /// <summary>Moves the running statistics towards a batch's, of <paramref name="each"/> values a channel.</summary>
    internal void UpdateRunning(Span<float> runningMean, Span<float> runningVariance, int each, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance)
    {
        float unbiased = each / (each - 1f);
        for (int i = 0; i < mean.Length; i++)
        {
            runningMean[i] += momentum * (mean[i] - runningMean[i]);
            runningVariance[i] += momentum * (variance[i] * unbiased - runningVariance[i]);
        }
    }

    internal override BlockedForm? OverBlocks(ReadOnlySpan<Shape> inputs) => inputs[0].Rank == 4 ? new(new BlockedBatchNormalization(this)) : null;

    protected internal override void Backward(Frame f)
    {
        var x = f.InputShape(0);
        if (x.Count == 0)
        {
            for (int input = 0; input < 3; input++) f.InputGradient(input).Clear();
            return;
        }

        new ChannelNormalization(x[0], x[1], x.CountFrom(2)).ForBlocks((this, f), static (s, k, first, channels) =>
        {
            Span<float> mean = s.f.Saved(0).Slice(first, channels), inverse = s.f.Saved(1).Slice(first, channels);
            Span<float> sums = stackalloc float[ChannelNormalization.Block], dots = stackalloc float[ChannelNormalization.Block];
            sums = sums[..channels];
            dots = dots[..channels];
            k.GradientSums(s.f.Input(0), s.f.OutputGradient, first, mean, sums, dots);
            for (int i = 0; i < channels; i++) dots[i] *= inverse[i]; // Σ dy x̂
            if (s.f.Wants(1)) dots.CopyTo(s.f.InputGradient(1)[first..]);
            if (s.f.Wants(2)) sums.CopyTo(s.f.InputGradient(2)[first..]);
            if (s.f.Wants(0)) s.Item1.BackwardInput(s.f, k, first, mean, inverse, sums, dots);
        });
    }

    // dx = a dy + b x + c, with the channel's constants
    private void BackwardInput(
        Frame f, in ChannelNormalization k, int first, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverse, ReadOnlySpan<float> sums, ReadOnlySpan<float> dots)
    {
        Span<float> a = stackalloc float[ChannelNormalization.Block], b = stackalloc float[ChannelNormalization.Block], c = stackalloc float[ChannelNormalization.Block];
        for (int i = 0; i < mean.Length; i++)
        {
            a[i] = f.Input(1)[first + i] * inverse[i];
            b[i] = training ? -a[i] * inverse[i] * dots[i] / k.Each : 0;
            c[i] = training ? -a[i] * sums[i] / k.Each - b[i] * mean[i] : 0;
        }

        k.Combine(f.OutputGradient, f.Input(0), first, a[..mean.Length], b[..mean.Length], c[..mean.Length], f.InputGradient(0));
    }
}

/// <summary>Batch normalisation of tensors.</summary>
public static class BatchNormalizationExtensions
{
    extension(Tensor x)
    {
        /// <summary>Normalises every channel of <c>[n, c]</c> or <c>[n, c, h, w]</c>, then scales and shifts it.</summary>
        /// <param name="gain"><c>[c]</c>.</param>
        /// <param name="bias"><c>[c]</c>.</param>
        /// <param name="runningMean"><c>[c]</c>; training moves it towards the batch's mean.</param>
        /// <param name="runningVariance"><c>[c]</c>; training moves it towards the batch's unbiased variance.</param>
        /// <param name="training">True: the batch's statistics; false: the running ones.</param>
        /// <param name="momentum">How far the running statistics move, from 0 to 1.</param>
        /// <param name="epsilon">Added to the variance.</param>
        /// <exception cref="ShapeException">The channels differ, or training sees a single value per channel.</exception>
        public Tensor BatchNormalize(
            Tensor gain, Tensor bias, Tensor runningMean, Tensor runningVariance, bool training, float momentum = 0.1f, float epsilon = 1e-5f) =>
            new BatchNormalization(momentum, epsilon, training).Apply(x, gain, bias, runningMean, runningVariance);
    }
}
