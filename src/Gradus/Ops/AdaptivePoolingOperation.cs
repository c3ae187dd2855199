namespace Gradus.Ops;

/// <summary>
/// Pooling to a given size: output i of an axis sees the input from ⌊i · size / outputs⌋ to ⌈(i + 1) · size / outputs⌉, so that windows cover the
/// picture and differ by at most one pixel, or overlap.
/// </summary>
/// <remarks>He, Zhang, Ren and Sun 2015, https://arxiv.org/abs/1406.4729, section 2.3.</remarks>
internal abstract class AdaptivePoolingOperation(Size2d size) : PoolingOperation(size, 1, 0)
{
    public override object Settings => Size;

    /// <summary>The output's height and width.</summary>
    public Size2d Size => Kernel;

    protected Shape PooledShape(Shape x)
    {
        Require(x.Rank == 4 && x[2] * x[3] > 0, $"pooling expects pictures [n, c, h, w] of at least one pixel; got {x}");
        Require(Size is { Height: >= 1, Width: >= 1 }, $"adaptive pooling of {x} to {Size}: height and width must be at least 1");
        return Shape.Of([x[0], x[1], Size.Height, Size.Width]);
    }

    /// <summary>The window, if all are alike and stand side by side; 0 if they differ.</summary>
    protected Size2d CommonWindow(Shape x) => x[2] % Size.Height == 0 && x[3] % Size.Width == 0 ? new Size2d(x[2] / Size.Height, x[3] / Size.Width) : 0;

    /// <summary>What one output sees of an axis.</summary>
    protected static (int First, int End) Seen(int place, int length, int outputs) =>
        ((int)((long)place * length / outputs), (int)(((long)(place + 1) * length + outputs - 1) / outputs));
}
