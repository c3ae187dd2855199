namespace Gradus.Kernels;

/// <summary>A matrix in memory: element (row, column) lies at data + row · rowStride + column · columnStride, in floats.</summary>
/// <param name="data">The first element; the memory must stay pinned while the view is used.</param>
/// <param name="rowStride">Floats from one row to the next.</param>
/// <param name="columnStride">Floats from one column to the next.</param>
internal readonly unsafe struct MatrixView(float* data, nint rowStride, nint columnStride)
{
    /// <summary>The first element.</summary>
    public float* Data { get; } = data;

    /// <summary>Floats from one row to the next.</summary>
    public nint RowStride { get; } = rowStride;

    /// <summary>Floats from one column to the next.</summary>
    public nint ColumnStride { get; } = columnStride;

    /// <summary>The same memory with rows and columns exchanged: nothing is copied.</summary>
    public MatrixView Transposed => new(Data, ColumnStride, RowStride);

    /// <summary>The part that starts at an element.</summary>
    public MatrixView From(nint row, nint column) => new(Data + row * RowStride + column * ColumnStride, RowStride, ColumnStride);
}
