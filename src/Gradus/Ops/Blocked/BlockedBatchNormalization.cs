using Gradus.Graph;
using Gradus.Kernels.Convolution;

namespace Gradus.Ops;

/// <summary>
/// <see cref="BatchNormalization"/> over blocked activations, optionally with a residual that is added to its result, and ReLU behind:
/// y = relu(gain · x̂ + bias + residual).
/// </summary>
internal sealed class BlockedBatchNormalization(BatchNormalization plain, bool residual = false, bool relu = false) : Operation
{
    // inputs: x [n, blocks, h, w, 16], gain [c], bias [c], running mean [c], running variance [c], residual as x (optional)
    public override object Settings => (plain.Settings, residual, relu);

    public BatchNormalization Plain => plain;

    public bool HasResidual => residual;

    public bool HasRelu => relu;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        var channel = Shape.Of([x[1] * Blocked.Lanes]);
        int scratch = Kernel(x).ScratchLength;
        return new Signature(x)
        {
            Saved = [channel, channel], // mean, 1 / deviation
            Scratch = scratch + 2 * channel.Count,
            BackwardScratch = scratch + 5 * channel.Count,
            BackwardReads = relu ? Reads.Inputs | Reads.Outputs : Reads.Inputs,
        };
    }

    protected internal override void Forward(Frame f)
    {
        var (kernel, channels) = (Kernel(f.InputShape(0)), f.InputShape(1)[0]);
        Span<float> mean = f.Saved(0), inverse = f.Saved(1);
        var scale = f.Scratch[..mean.Length];
        var shift = f.Scratch.Slice(mean.Length, mean.Length);
        if (plain.IsTraining)
        {
            kernel.Statistics(f.Input(0), mean, inverse, f.Scratch[(2 * mean.Length)..]);
            plain.UpdateRunning(f.State(3), f.State(4), f.InputShape(0)[0] * f.InputShape(0)[2] * f.InputShape(0)[3], mean[..channels], inverse[..channels]);
        }
        else
        {
            f.Input(3).CopyTo(mean);
            f.Input(4).CopyTo(inverse);
        }

        scale.Clear(); // lanes beyond the channels
        shift.Clear();
        for (int i = 0; i < channels; i++)
        {
            inverse[i] = 1 / MathF.Sqrt(inverse[i] + plain.Epsilon);
            scale[i] = f.Input(1)[i] * inverse[i];
            shift[i] = f.Input(2)[i] - mean[i] * scale[i];
        }

        kernel.Apply(f.Input(0), residual ? f.Input(5) : [], scale, shift, relu, f.Output);
    }

    protected internal override void Backward(Frame f)
    {
        var (x, channels) = (f.InputShape(0), f.InputShape(1)[0]);
        var kernel = Kernel(x);
        Span<float> mean = f.Saved(0), inverse = f.Saved(1), scratch = f.BackwardScratch;
        int padded = mean.Length;
        Span<float> sums = scratch[..padded], dots = scratch.Slice(padded, padded);
        Span<float> a = scratch.Slice(2 * padded, padded), b = scratch.Slice(3 * padded, padded), c = scratch.Slice(4 * padded, padded);
        var output = relu ? f.Output : [];
        kernel.GradientSums(f.Input(0), f.OutputGradient, output, mean, sums, dots, scratch[(5 * padded)..]);
        a.Clear();
        b.Clear();
        c.Clear();
        float each = (float)x[0] * x[2] * x[3];
        for (int i = 0; i < channels; i++)
        {
            dots[i] *= inverse[i]; // Σ dz x̂
            a[i] = f.Input(1)[i] * inverse[i];
            if (!plain.IsTraining) continue;
            b[i] = -a[i] * inverse[i] * dots[i] / each;
            c[i] = -a[i] * sums[i] / each - b[i] * mean[i];
        }

        if (f.Wants(1)) dots[..channels].CopyTo(f.InputGradient(1));
        if (f.Wants(2)) sums[..channels].CopyTo(f.InputGradient(2));
        var residualGradient = residual ? f.InputGradient(5) : [];
        if (f.Wants(0) || !residualGradient.IsEmpty)
            kernel.Combine(f.Input(0), f.OutputGradient, output, a, b, c, f.InputGradient(0), residualGradient);
    }

    private static BlockedNormalization Kernel(Shape x) => new(x[0], x[1], x[2] * x[3]);
}
