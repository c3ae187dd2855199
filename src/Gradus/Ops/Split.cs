using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>A tensor cut into parts along an axis; the gradient is that of the parts side by side, 0 for a part that nothing reads.</summary>
internal sealed class Split : Operation
{
    private readonly int _axis;
    private readonly int[] _sizes;

    public Split(int axis, ReadOnlySpan<int> sizes) => (_axis, _sizes) = (axis, sizes.ToArray());

    public override object Settings => (_axis, string.Join(',', _sizes));

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        int along = x.Axis(_axis);
        long total = 0;
        foreach (int size in _sizes)
        {
            Require(size >= 0, $"a part of {x} cannot have {size} elements");
            total += size;
        }

        Require(_sizes.Length > 0 && total == x[along], $"parts of {string.Join(" + ", _sizes)} elements do not make the {x[along]} of axis {_axis} of {x}");
        return new Signature(System.Array.ConvertAll(_sizes, size => x.With(along, size))) { BackwardReads = Reads.None };
    }

    protected internal override void Forward(Frame f) => Copy(f, backward: false);

    protected internal override void Backward(Frame f) => Copy(f, backward: true);

    private void Copy(Frame f, bool backward)
    {
        var x = f.InputShape(0);
        if (x.Count == 0) return;
        int along = x.Axis(_axis), row = x.CountFrom(along), outer = x.Count / row, inner = x.CountFrom(along + 1);
        Tiles.Run(Tiles.Rows(outer, row), x.Count, (this, f, outer, row, inner, backward), static (s, tile) =>
        {
            int rows = Tiles.RowsPerTile(s.row);
            for (int i = tile * rows; i < Math.Min((tile + 1) * rows, s.outer); i++) s.Item1.Row(s.f, i, s.row, s.inner, s.backward);
        });
    }

    private void Row(Frame f, int index, int row, int inner, bool backward)
    {
        int place = index * row;
        for (int part = 0; part < _sizes.Length; part++)
        {
            int length = _sizes[part] * inner;
            if (!backward) f.Input(0).Slice(place, length).CopyTo(f.OutputAt(part).Slice(index * length, length));
            else if (f.OutputGradientAt(part) is { IsEmpty: false } dy) dy.Slice(index * length, length).CopyTo(f.InputGradient(0).Slice(place, length));
            else f.InputGradient(0).Slice(place, length).Clear();
            place += length;
        }
    }
}

/// <summary>Parts of tensors side by side.</summary>
public static class SplitExtensions
{
    extension(Tensor x)
    {
        /// <summary>Equal parts along an axis: <c>[n, 6]</c> in 3 parts along axis 1 are three tensors <c>[n, 2]</c>. The elements are copied.</summary>
        /// <param name="parts">How many, at least 1.</param>
        /// <param name="axis">The axis, negative counted from the innermost.</param>
        /// <exception cref="ShapeException">The axis has no such number of equal parts.</exception>
        public Tensor[] Split(int parts, int axis = -1)
        {
            int size = x.Shape[x.Shape.Axis(axis)];
            if (parts < 1 || size % parts != 0) throw new ShapeException($"axis {axis} of {x.Shape} has {size} elements, which {parts} equal parts do not make");
            int[] sizes = new int[parts];
            System.Array.Fill(sizes, size / parts);
            return x.Split(sizes, axis);
        }

        /// <summary>Parts of given sizes along an axis. The elements are copied.</summary>
        /// <param name="sizes">The parts' sizes along the axis, each at least 0; together the axis's.</param>
        /// <param name="axis">The axis, negative counted from the innermost.</param>
        /// <exception cref="ShapeException">The sizes do not make the axis's.</exception>
        public Tensor[] Split(ReadOnlySpan<int> sizes, int axis) => new Split(axis, sizes).ApplyAll([x], []);
    }
}
