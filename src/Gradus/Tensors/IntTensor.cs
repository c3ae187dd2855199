namespace Gradus;

/// <summary>Whole numbers in a shape: class labels <c>[batch]</c>, sequence lengths <c>[batch]</c>, token numbers <c>[batch, time]</c>.</summary>
public sealed class IntTensor
{
    /// <summary>Wraps an array without a copy: later changes of the array are seen.</summary>
    /// <param name="values">The elements in row-major order.</param>
    /// <param name="shape">The shape; its count is the array's length.</param>
    /// <exception cref="ShapeException">The array's length is not the shape's count.</exception>
    public IntTensor(int[] values, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != shape.Count) throw new ShapeException($"{values.Length} whole numbers do not fill {shape}, which needs {shape.Count}");
        (Values, Shape) = (values, shape);
    }

    /// <summary>A vector <c>[length]</c> that wraps the array.</summary>
    public IntTensor(params int[] values) : this(values, [values.Length]) { }

    /// <summary>The shape.</summary>
    public Shape Shape { get; }

    /// <summary>The elements in row-major order.</summary>
    public Span<int> Span => Values;

    internal int[] Values { get; set; }
}
