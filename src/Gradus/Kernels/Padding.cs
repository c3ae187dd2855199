using System.Numerics.Tensors;

namespace Gradus.Kernels;

/// <summary>
/// Copies a tensor into the middle of a larger one and fills the border, axis by axis from the innermost: what borders an axis is a copy of
/// a finished slab of the result. Backward goes the other way: each border slab's gradient is added to that of the slab that it copied.
/// </summary>
internal readonly unsafe ref struct Padding
{
    public const int MaximumRank = 8;

    private readonly ReadOnlySpan<int> _sizes, _before, _after;
    private readonly PaddingMode _mode;
    private readonly float _value;

    /// <param name="sizes">Of the unpadded tensor.</param>
    /// <param name="before">Elements added before each axis.</param>
    /// <param name="after">Elements added behind each axis.</param>
    /// <param name="mode">What is added.</param>
    /// <param name="value">The constant.</param>
    public Padding(ReadOnlySpan<int> sizes, ReadOnlySpan<int> before, ReadOnlySpan<int> after, PaddingMode mode, float value)
    {
        _sizes = sizes;
        _before = before;
        _after = after;
        (_mode, _value) = (mode, value);
    }

    /// <summary>Writes y from x.</summary>
    public void Forward(ReadOnlySpan<float> x, Span<float> y)
    {
        if (y.IsEmpty) return;
        fixed (float* from = x, to = y) Share(from, to, x.Length, y.Length, backward: false);
    }

    /// <summary>Writes dx from dy, which is left as sums; for borders that are not constant.</summary>
    public void Backward(Span<float> dy, Span<float> dx)
    {
        if (dx.IsEmpty) return;
        fixed (float* from = dy, to = dx) Share(to, from, dx.Length, dy.Length, backward: true);
    }

    // Axes in front that are not padded hold tensors that are padded alike: these are shared by the team.
    private void Share(float* x, float* y, int countX, int countY, bool backward)
    {
        int axis = 0, outer = 1;
        for (; axis < _sizes.Length && _before[axis] == 0 && _after[axis] == 0; axis++) outer *= _sizes[axis];
        int each = countY / outer;
        fixed (int* sizes = _sizes, before = _before, after = _after)
        {
            var job = new Job(sizes, before, after, _sizes.Length, axis, _mode, _value, x, y, countX / outer, each, outer, backward);
            Tiles.Run(Tiles.Rows(outer, each), countY, job, static (job, tile) => job.Run(tile));
        }
    }

    private readonly struct Job(
        int* sizes, int* before, int* after, int rank, int axis, PaddingMode mode, float value, float* x, float* y, int eachX, int eachY, int outer, bool backward)
    {
        public void Run(int tile)
        {
            int rows = Tiles.RowsPerTile(eachY);
            var padding = new Padding(new(sizes + axis, rank - axis), new(before + axis, rank - axis), new(after + axis, rank - axis), mode, value);
            for (int i = tile * rows; i < Math.Min((tile + 1) * rows, outer); i++)
            {
                Span<float> plain = new(x + (long)i * eachX, eachX), padded = new(y + (long)i * eachY, eachY);
                if (backward) padding.Fold(padded, plain, 0);
                else padding.Fill(plain, padded, 0);
            }
        }
    }

    private void Fill(ReadOnlySpan<float> x, Span<float> y, int axis)
    {
        if (axis == _sizes.Length || x.Length == y.Length)
        {
            x.CopyTo(y);
            return;
        }

        int size = _sizes[axis], before = _before[axis], padded = before + size + _after[axis], inner = size == 0 ? 0 : x.Length / size, slab = y.Length / padded;
        if (IsLastPadded(axis)) x.CopyTo(y[(before * slab)..]);
        else for (int i = 0; i < size; i++) Fill(x.Slice(i * inner, inner), y.Slice((before + i) * slab, slab), axis + 1);
        if (_mode == PaddingMode.Constant)
        {
            y[..(before * slab)].Fill(_value);
            y[((before + size) * slab)..].Fill(_value);
            return;
        }

        for (int border = 0; border < padded - size; border++)
        {
            int i = border < before ? border : border + size, source = before + Source(i - before, size);
            if (slab == 1) y[i] = y[source];
            else y.Slice(source * slab, slab).CopyTo(y.Slice(i * slab, slab));
        }
    }

    private void Fold(Span<float> dy, Span<float> dx, int axis)
    {
        if (axis == _sizes.Length || dx.Length == dy.Length)
        {
            dy.CopyTo(dx);
            return;
        }

        int size = _sizes[axis], before = _before[axis], padded = before + size + _after[axis], inner = dx.Length / size, slab = dy.Length / padded;
        for (int border = 0; border < padded - size; border++)
        {
            int i = border < before ? border : border + size, source = before + Source(i - before, size);
            var sum = dy.Slice(source * slab, slab);
            if (slab == 1) sum[0] += dy[i];
            else TensorPrimitives.Add(sum, dy.Slice(i * slab, slab), sum);
        }

        if (IsLastPadded(axis)) dy.Slice(before * slab, size * slab).CopyTo(dx);
        else for (int i = 0; i < size; i++) Fold(dy.Slice((before + i) * slab, slab), dx.Slice(i * inner, inner), axis + 1);
    }

    // Behind it, slabs of both tensors are equally long.
    private bool IsLastPadded(int axis)
    {
        for (int i = axis + 1; i < _sizes.Length; i++) if (_before[i] + _after[i] > 0) return false;
        return true;
    }

    private int Source(int index, int size) => _mode == PaddingMode.Replicate ? Math.Clamp(index, 0, size - 1)
        : index < 0 ? -index
        : index >= size ? 2 * (size - 1) - index
        : index;
}
