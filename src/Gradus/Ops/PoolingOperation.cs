using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>A window that slides over every plane of pictures <c>[n, c, h, w]</c> and makes one number of what it sees.</summary>
internal abstract class PoolingOperation(Size2d kernel, Size2d stride, Padding2d padding) : Operation
{
    public override object Settings => (kernel, stride, padding);

    public Size2d Kernel => kernel;

    public Size2d Stride => stride;

    public Padding2d Padding => padding;

    protected Shape OutputShape(Shape x)
    {
        var window = new Window2d(kernel, stride, padding, 1);
        Require(x.Rank == 4, $"pooling expects pictures [n, c, h, w]; got {x}");
        Require(window.Fits(x[2], x[3]), $"the window ({window}) does not fit into pictures {x}: use a smaller kernel");
        Require(
            padding.Top < kernel.Height && padding.Bottom < kernel.Height && padding.Left < kernel.Width && padding.Right < kernel.Width,
            $"the padding {padding} must be smaller than the kernel {kernel}, or a window would see nothing");
        return Shape.Of([x[0], x[1], window.OutHeight(x[2]), window.OutWidth(x[3])]);
    }

    protected internal override void Forward(Frame f) =>
        ForEachPlane(f, static (operation, f, plane) => operation.ForwardPlane(f, plane, new Planes(f, operation)));

    protected internal override void Backward(Frame f) =>
        ForEachPlane(f, static (operation, f, plane) => operation.BackwardPlane(f, plane, new Planes(f, operation)));

    /// <summary>Computes one plane of the output.</summary>
    protected abstract void ForwardPlane(Frame f, int plane, in Planes p);

    /// <summary>Computes one plane of the input's gradient.</summary>
    protected abstract void BackwardPlane(Frame f, int plane, in Planes p);

    private void ForEachPlane(Frame f, Action<PoolingOperation, Frame, int> body)
    {
        var x = f.InputShape(0);
        int planes = x[0] * x[1], size = x[2] * x[3];
        Tiles.Run(Tiles.Rows(planes, size), x.Count, (this, f, body, planes, size), static (s, tile) =>
        {
            int rows = Tiles.RowsPerTile(s.size);
            for (int plane = tile * rows; plane < Math.Min((tile + 1) * rows, s.planes); plane++) s.body(s.Item1, s.f, plane);
        });
    }

    /// <summary>The sizes of one input and output plane, and the part of the input that a window sees.</summary>
    protected readonly struct Planes(Frame f, PoolingOperation operation)
    {
        public readonly int Height = f.InputShape(0)[2], Width = f.InputShape(0)[3];
        public readonly int OutHeight = f.OutputShape[2], OutWidth = f.OutputShape[3];
        private readonly Size2d _kernel = operation.Kernel, _stride = operation.Stride;
        private readonly Padding2d _padding = operation.Padding;

        public int Size => Height * Width;

        public int OutSize => OutHeight * OutWidth;

        public (int First, int End) Rows(int y)
        {
            int top = y * _stride.Height - _padding.Top;
            return (Math.Max(top, 0), Math.Min(top + _kernel.Height, Height));
        }

        public (int First, int End) Columns(int x)
        {
            int left = x * _stride.Width - _padding.Left;
            return (Math.Max(left, 0), Math.Min(left + _kernel.Width, Width));
        }
    }
}
