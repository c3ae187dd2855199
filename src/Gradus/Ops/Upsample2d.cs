using Gradus.Graph;
using Gradus.Kernels;
using Gradus.Kernels.Convolution;

namespace Gradus.Ops;

/// <summary>
/// Pictures of another height and width: each pixel the nearest one's value, or the mean of the four around it, weighted by nearness. The
/// gradient of a pixel goes back to the pixels that it was made of, by the same weights.
/// </summary>
/// <remarks>Positions as PyTorch's <c>interpolate</c> defines them. Long, Shelhamer and Darrell 2015, https://arxiv.org/abs/1411.4038, section 3.3.</remarks>
internal sealed class Upsample2d(Size2d size, ResamplingRule rule) : Operation
{
    // input: [n, c, h, w], or over blocks [n, c / 16, h, w, 16]
    public override object Settings => (size, rule);

    public Size2d Size => size;

    public ResamplingRule Rule => rule;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        Require(x.Rank is 4 or 5 && x[2] * x[3] > 0, $"up-sampling expects pictures [n, c, h, w] of at least one pixel; got {x}");
        Require(size is { Height: >= 1, Width: >= 1 }, $"up-sampling of {x} to {size}: height and width must be at least 1");
        return new Signature(x.With(2, size.Height).With(3, size.Width)) { BackwardReads = Reads.None };
    }

    internal override BlockedForm? OverBlocks(ReadOnlySpan<Shape> inputs) => inputs[0].Rank == 4 ? new(this) : null;

    protected internal override void Forward(Frame f) => KernelOf(f.InputShape(0)).Forward(f.Input(0), f.Output);

    protected internal override void Backward(Frame f) => KernelOf(f.InputShape(0)).Backward(f.OutputGradient, f.InputGradient(0));

    private Resampling KernelOf(Shape x) => new(x[0] * x[1], x[2], x[3], size, x.Rank == 5 ? Blocked.Lanes : 1, rule);
}

/// <summary>Up-sampling of tensors.</summary>
public static class Upsample2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>Pictures <c>[n, c, h, w]</c> at another size, each pixel ⌊i · size / new size⌋ of the old ones.</summary>
        /// <param name="size">The new height and width, each at least 1.</param>
        /// <returns><c>[n, c, height, width]</c>.</returns>
        /// <exception cref="ShapeException">The input is not four-dimensional or has no pixel.</exception>
        public Tensor UpsampleNearest(Size2d size) => Checked(x, new Upsample2d(size, ResamplingRule.Nearest));

        /// <summary>Pictures <c>[n, c, h, w]</c> at another size, each pixel between the four around it.</summary>
        /// <param name="size">The new height and width, each at least 1.</param>
        /// <param name="alignCorners">
        /// True: the corner pixels lie upon the old ones, and i at i · (size - 1) / (new size - 1). False: the pictures' edges do, and i lies at
        /// (i + 1/2) · size / new size - 1/2.
        /// </param>
        /// <returns><c>[n, c, height, width]</c>.</returns>
        /// <exception cref="ShapeException">The input is not four-dimensional or has no pixel.</exception>
        public Tensor UpsampleBilinear(Size2d size, bool alignCorners = false) =>
            Checked(x, new Upsample2d(size, alignCorners ? ResamplingRule.LinearCorners : ResamplingRule.Linear));
    }

    private static Tensor Checked(Tensor x, Upsample2d operation) =>
        x.Shape.Rank == 4 ? operation.Apply(x) : throw new ShapeException($"up-sampling expects pictures [n, c, h, w]; got {x.Shape}");
}
