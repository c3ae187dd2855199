using System.Numerics.Tensors;

namespace Gradus.Kernels;

/// <summary>
/// Rows of <c>[outer, rows, inner]</c> by number: copied to <c>[outer, indices, inner]</c>, or added back. A sum goes through the indices in
/// their order, whoever computes it: strips of columns are shared, not indices.
/// </summary>
/// <param name="Outer">How many tensors of rows there are.</param>
/// <param name="Rows">Rows in each.</param>
/// <param name="Inner">Elements of a row.</param>
internal readonly record struct IndexedRows(int Outer, int Rows, int Inner)
{
    private const int Strip = 64; // columns: four cache lines, so that two threads never write the same

    /// <summary>y[o, i] = x[o, indices[i]].</summary>
    public unsafe void Gather(ReadOnlySpan<float> x, ReadOnlySpan<int> indices, Span<float> y)
    {
        int rows = Outer * indices.Length;
        fixed (float* from = x, to = y)
        fixed (int* index = indices)
        {
            Tiles.Run(Tiles.Rows(rows, Inner), y.Length, new Job(this, from, to, index, indices.Length), static (job, tile) => job.Gather(tile));
        }
    }

    /// <summary>dx[o, r] = Σ dy[o, i] over all i with indices[i] = r; those with <paramref name="skip"/> are left out.</summary>
    public unsafe void Scatter(ReadOnlySpan<float> dy, ReadOnlySpan<int> indices, Span<float> dx, int skip)
    {
        int strips = (Inner + Strip - 1) / Strip;
        fixed (float* from = dy, to = dx)
        fixed (int* index = indices)
        {
            var job = new Job(this, from, to, index, indices.Length) { Skip = skip };
            Elementwise.Run(new Elementwise.Operands(to, to, to, dx.Length), static (o, start, length) => o.C(start, length).Clear());
            int items = Outer * strips, each = Math.Max(1, indices.Length * Math.Min(Strip, Inner));
            Tiles.Run(Tiles.Rows(items, each), dy.Length, (job, items, each), static (s, tile) =>
            {
                int some = Tiles.RowsPerTile(s.each);
                for (int item = tile * some; item < Math.Min((tile + 1) * some, s.items); item++) s.job.Scatter(item);
            });
        }
    }

    private readonly unsafe struct Job(IndexedRows shape, float* from, float* to, int* indices, int count)
    {
        public int Skip { get; init; }

        public void Gather(int tile)
        {
            int each = Tiles.RowsPerTile(shape.Inner), inner = shape.Inner;
            for (int row = tile * each; row < Math.Min((tile + 1) * each, shape.Outer * count); row++)
            {
                long source = (long)(row / count) * shape.Rows + indices[row % count];
                new ReadOnlySpan<float>(from + source * inner, inner).CopyTo(new Span<float>(to + (long)row * inner, inner));
            }
        }

        public void Scatter(int item)
        {
            int strips = (shape.Inner + Strip - 1) / Strip, outer = item / strips, start = item % strips * Strip, length = Math.Min(Strip, shape.Inner - start);
            for (int i = 0; i < count; i++)
            {
                if (indices[i] == Skip) continue;
                var sum = new Span<float>(to + ((long)outer * shape.Rows + indices[i]) * shape.Inner + start, length);
                TensorPrimitives.Add(sum, new ReadOnlySpan<float>(from + ((long)outer * count + i) * shape.Inner + start, length), sum);
            }
        }
    }
}
