using Gradus.Graph;
using Gradus.Kernels;
using Gradus.Kernels.Convolution;

namespace Gradus.Ops;

/// <summary>Tensors one after the other along an axis; each gets its part of the gradient.</summary>
internal sealed class Concat(int axis) : Operation
{
    public override object Settings => axis;

    public int Axis => axis;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        Require(inputs.Length > 0, $"Concat needs at least one tensor");
        var first = inputs[0];
        int along = first.Axis(axis), size = 0;
        foreach (var shape in inputs)
        {
            Require(shape.Rank == first.Rank && shape.With(along, first[along]) == first, $"{shape} cannot stand beside {first} along axis {axis}: the other axes differ");
            size += shape[along];
        }

        return new Signature(first.With(along, size)) { BackwardReads = Reads.None };
    }

    /// <summary>Channels stay in their blocks where all tensors but the last fill theirs.</summary>
    internal override BlockedForm? OverBlocks(ReadOnlySpan<Shape> inputs)
    {
        if (inputs[0].Rank != 4 || inputs[0].Axis(axis) != 1) return null;
        foreach (var shape in inputs[..^1])
            if (shape[1] % Blocked.Lanes != 0) return null;
        return new(new Concat(1), inputs.Length);
    }

    protected internal override void Forward(Frame f) => Copy(f, backward: false);

    protected internal override void Backward(Frame f) => Copy(f, backward: true);

    private void Copy(Frame f, bool backward)
    {
        int along = f.OutputShape.Axis(axis), outer = 1;
        for (int i = 0; i < along; i++) outer *= f.OutputShape[i];
        if (outer == 0 || f.OutputShape.Count == 0) return;
        int row = f.OutputShape.Count / outer;
        Tiles.Run(Tiles.Rows(outer, row), f.OutputShape.Count, (f, outer, row, backward), static (s, tile) =>
        {
            int rows = Tiles.RowsPerTile(s.row);
            for (int i = tile * rows; i < Math.Min((tile + 1) * rows, s.outer); i++) Row(s.f, i, s.outer, s.row, s.backward);
        });
    }

    private static void Row(Frame f, int index, int outer, int row, bool backward)
    {
        int place = index * row;
        for (int input = 0; input < f.InputCount; input++)
        {
            int length = f.InputShape(input).Count / outer;
            if (!backward) f.Input(input).Slice(index * length, length).CopyTo(f.Output.Slice(place, length));
            else if (f.Wants(input)) f.OutputGradient.Slice(place, length).CopyTo(f.InputGradient(input).Slice(index * length, length));
            place += length;
        }
    }
}

/// <summary>Concatenation of tensors.</summary>
public static class ConcatExtensions
{
    extension(Tensor)
    {
        /// <summary>Tensors one after the other along an axis: <c>[n, 3]</c> and <c>[n, 5]</c> along axis 1 make <c>[n, 8]</c>.</summary>
        /// <param name="axis">The axis, negative counted from the innermost.</param>
        /// <param name="tensors">At least one; all axes but this one agree.</param>
        /// <exception cref="ShapeException">Another axis differs.</exception>
        public static Tensor Concat(int axis, params ReadOnlySpan<Tensor> tensors) => new Concat(axis).Apply(tensors);
    }
}
