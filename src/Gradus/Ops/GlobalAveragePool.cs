using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>The mean of every plane.</summary>
/// <remarks>Lin, Chen and Yan 2014, https://arxiv.org/abs/1312.4400, section 3.2.</remarks>
internal sealed class GlobalAveragePool : Operation
{
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        Require(inputs[0].Rank == 4 && inputs[0][2] * inputs[0][3] > 0, $"global pooling expects pictures [n, c, h, w] of at least one pixel; got {inputs[0]}");
        return new Signature(inputs[0][..2]) { BackwardReads = Reads.None };
    }

    internal override BlockedForm? OverBlocks(ReadOnlySpan<Shape> inputs) => new(new BlockedGlobalAveragePool(inputs[0][1]));

    protected internal override void Forward(Frame f) => ForEachPlane(f, static (f, plane, size) =>
        f.Output[plane] = Reductions.Sum(f.Input(0).Slice(plane * size, size)) / size);

    protected internal override void Backward(Frame f) => ForEachPlane(f, static (f, plane, size) =>
        f.InputGradient(0).Slice(plane * size, size).Fill(f.OutputGradient[plane] / size));

    private static void ForEachPlane(Frame f, Action<Frame, int, int> body)
    {
        var x = f.InputShape(0);
        int planes = x[0] * x[1], size = x[2] * x[3];
        Tiles.Run(Tiles.Rows(planes, size), x.Count, (f, body, planes, size), static (s, tile) =>
        {
            int rows = Tiles.RowsPerTile(s.size);
            for (int plane = tile * rows; plane < Math.Min((tile + 1) * rows, s.planes); plane++) s.body(s.f, plane, s.size);
        });
    }
}

/// <summary>Global pooling of tensors.</summary>
public static class GlobalAveragePoolExtensions
{
    extension(Tensor x)
    {
        /// <summary>The mean of every plane of pictures <c>[n, c, h, w]</c>.</summary>
        /// <returns><c>[n, c]</c>.</returns>
        /// <exception cref="ShapeException">x is not four-dimensional.</exception>
        public Tensor GlobalAveragePool() => new GlobalAveragePool().Apply(x);
    }
}
