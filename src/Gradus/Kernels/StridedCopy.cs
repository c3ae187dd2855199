using System.Runtime.CompilerServices;

namespace Gradus.Kernels;

/// <summary>Copies between a contiguous tensor and a strided view of another: transposition, slices, repetition.</summary>
internal static unsafe class StridedCopy
{
    private const int MaximumRank = 8;
    private const int Block = 16; // floats of one cache line: a transposed block then reads and writes whole lines

    /// <summary>contiguous[i, j, ...] = view[start + i · strides[0] + j · strides[1] + ...], for all indices below the sizes.</summary>
    public static void Gather(ReadOnlySpan<float> view, int start, ReadOnlySpan<int> strides, Span<float> contiguous, ReadOnlySpan<int> sizes)
    {
        int count = Count(sizes);
        if (count == 0) return;
        fixed (float* from = view, to = contiguous) Run(new Copy(from + start, to, gathers: true, sizes, strides), count);
    }

    /// <summary>view[start + i · strides[0] + j · strides[1] + ...] = contiguous[i, j, ...], for all indices below the sizes.</summary>
    public static void Scatter(ReadOnlySpan<float> contiguous, Span<float> view, int start, ReadOnlySpan<int> strides, ReadOnlySpan<int> sizes)
    {
        int count = Count(sizes);
        if (count == 0) return;
        fixed (float* from = contiguous, to = view) Run(new Copy(to + start, from, gathers: false, sizes, strides), count);
    }

    private static int Count(ReadOnlySpan<int> sizes)
    {
        int count = 1;
        foreach (int size in sizes) count *= size;
        return count;
    }

    private static void Run(Copy copy, int count) => Tiles.Run(copy.Planes, count, copy, static (c, plane) => c.Plane(plane));

    /// <summary>The merged axes of one copy: planes of the two innermost axes, the rest outside.</summary>
    private struct Copy
    {
        private readonly float* _view, _contiguous;
        private readonly bool _gathers;
        private readonly int _rank, _rowsPerPlane, _planesPerMatrix;
        private fixed int _sizes[MaximumRank], _strides[MaximumRank];

        public Copy(float* view, float* contiguous, bool gathers, ReadOnlySpan<int> sizes, ReadOnlySpan<int> strides)
        {
            _view = view;
            _contiguous = contiguous;
            _gathers = gathers;
            int rank = 0;
            for (int axis = 0; axis < sizes.Length; axis++)
            {
                if (sizes[axis] == 1) continue;
                if (rank > 0 && _strides[rank - 1] == strides[axis] * sizes[axis])
                {
                    _sizes[rank - 1] *= sizes[axis];
                    _strides[rank - 1] = strides[axis];
                    continue;
                }

                (_sizes[rank], _strides[rank]) = (sizes[axis], strides[axis]);
                rank++;
            }

            while (rank < 2) // a vector is a matrix of one row
            {
                for (int i = rank; i > 0; i--) (_sizes[i], _strides[i]) = (_sizes[i - 1], _strides[i - 1]);
                (_sizes[0], _strides[0]) = (1, 0);
                rank++;
            }

            _rank = rank;
            int rows = _sizes[rank - 2];
            _rowsPerPlane = Math.Min(rows, Math.Max(Block, Elementwise.Tile / Math.Max(1, _sizes[rank - 1])));
            _planesPerMatrix = (rows + _rowsPerPlane - 1) / _rowsPerPlane;
            Planes = _planesPerMatrix;
            for (int i = 0; i < rank - 2; i++) Planes *= _sizes[i];
        }

        /// <summary>How many pieces of a two-axis plane there are.</summary>
        public readonly int Planes { get; }

        public readonly void Plane(int plane)
        {
            int matrix = plane / _planesPerMatrix, first = plane % _planesPerMatrix * _rowsPerPlane;
            int rows = _sizes[_rank - 2], columns = _sizes[_rank - 1];
            long offset = 0;
            for (int axis = _rank - 3, rest = matrix; axis >= 0; axis--)
            {
                offset += (long)(rest % _sizes[axis]) * _strides[axis];
                rest /= _sizes[axis];
            }

            int last = Math.Min(first + _rowsPerPlane, rows);
            float* view = _view + offset, contiguous = _contiguous + (long)matrix * rows * columns;
            int across = _strides[_rank - 1];
            if (across == 1 || (across == 0 && _gathers)) Rows(view, contiguous, first, last, columns);
            else Blocks(view, contiguous, first, last, columns);
        }

        private readonly void Rows(float* view, float* contiguous, int first, int last, int columns)
        {
            for (int row = first; row < last; row++)
            {
                float* start = view + (long)row * _strides[_rank - 2];
                var plain = new Span<float>(contiguous + (long)row * columns, columns);
                if (_strides[_rank - 1] == 0)
                {
                    plain.Fill(*start);
                    continue;
                }

                var strided = new Span<float>(start, columns);
                if (_gathers) strided.CopyTo(plain);
                else plain.CopyTo(strided);
            }
        }

        private readonly void Blocks(float* view, float* contiguous, int first, int last, int columns)
        {
            long down = _strides[_rank - 2], across = _strides[_rank - 1];
            for (int top = first; top < last; top += Block)
            {
                int bottom = Math.Min(top + Block, last);
                for (int left = 0; left < columns; left += Block)
                {
                    int right = Math.Min(left + Block, columns);
                    for (int row = top; row < bottom; row++)
                    {
                        if (_gathers) GatherRow(view + row * down, across, contiguous + (long)row * columns, left, right);
                        else ScatterRow(contiguous + (long)row * columns, view + row * down, across, left, right);
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void GatherRow(float* view, long stride, float* plain, int left, int right)
        {
            for (int column = left; column < right; column++) plain[column] = view[column * stride];
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void ScatterRow(float* plain, float* view, long stride, int left, int right)
        {
            for (int column = left; column < right; column++) view[column * stride] = plain[column];
        }
    }
}
