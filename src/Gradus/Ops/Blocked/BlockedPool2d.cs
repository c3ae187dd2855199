using Gradus.Graph;
using Gradus.Kernels;
using Gradus.Kernels.Convolution;

namespace Gradus.Ops;

/// <summary><see cref="MaxPool2d"/> over blocked activations <c>[n, channels / 16, h, w, 16]</c>.</summary>
internal sealed class BlockedMaxPool2d(MaxPool2d plain) : Operation
{
    public override object Settings => plain.Settings;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var output = BlockedPool.Output(plain, inputs[0]);
        return new Signature(output) { Saved = [output], SavesForBackwardOnly = true, BackwardReads = Reads.None }; // the tap of each maximum
    }

    protected internal override void Forward(Frame f) => BlockedPool.Kernel(plain, f.InputShape(0)).Max(f.Input(0), f.Output, f.Saved(0));

    protected internal override void Backward(Frame f) => BlockedPool.Kernel(plain, f.InputShape(0)).MaxBackward(f.OutputGradient, f.Saved(0), f.InputGradient(0));
}

/// <summary><see cref="AveragePool2d"/> over blocked activations <c>[n, channels / 16, h, w, 16]</c>.</summary>
internal sealed class BlockedAveragePool2d(AveragePool2d plain) : Operation
{
    public override object Settings => plain.Settings;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs) => new(BlockedPool.Output(plain, inputs[0])) { BackwardReads = Reads.None };

    protected internal override void Forward(Frame f) => BlockedPool.Kernel(plain, f.InputShape(0)).Average(f.Input(0), f.Output, plain.CountsPadding);

    protected internal override void Backward(Frame f) =>
        BlockedPool.Kernel(plain, f.InputShape(0)).AverageBackward(f.OutputGradient, f.InputGradient(0), plain.CountsPadding);
}

/// <summary><see cref="GlobalAveragePool"/> of blocked activations: <c>[n, channels / 16, h, w, 16]</c> to plain <c>[n, channels]</c>.</summary>
internal sealed class BlockedGlobalAveragePool(int channels) : Operation
{
    public override object Settings => channels;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs) => new(Shape.Of([inputs[0][0], channels])) { BackwardReads = Reads.None };

    protected internal override void Forward(Frame f) =>
        Kernel(f.InputShape(0)).GlobalAverage(f.Input(0), f.Output, f.InputShape(0)[1], channels);

    protected internal override void Backward(Frame f) =>
        Kernel(f.InputShape(0)).GlobalAverageBackward(f.OutputGradient, f.InputGradient(0), f.InputShape(0)[1], channels);

    private static BlockedPooling Kernel(Shape x) => new(x[0] * x[1], x[2], x[3], new Window2d(new Size2d(x[2], x[3]), 1, 0, 1));
}

/// <summary>What the blocked pools share: their sizes.</summary>
internal static class BlockedPool
{
    public static Shape Output(PoolingOperation plain, Shape x)
    {
        var window = Window(plain);
        return Shape.Of([x[0], x[1], window.OutHeight(x[2]), window.OutWidth(x[3]), Blocked.Lanes]);
    }

    public static BlockedPooling Kernel(PoolingOperation plain, Shape x) => new(x[0] * x[1], x[2], x[3], Window(plain));

    private static Window2d Window(PoolingOperation plain) => new(plain.Kernel, plain.Stride, plain.Padding, 1);
}
