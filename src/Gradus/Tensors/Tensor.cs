using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gradus.Graph;

namespace Gradus;

/// <summary>
/// An array of 32-bit floats with a shape: contiguous, row-major. Its buffer is ordinary managed memory that the
/// garbage collector frees; nobody disposes anything.
/// </summary>
/// <remarks>
/// Operations (<c>x.MatMul(w)</c>, <c>x + y</c>, <c>x.Relu()</c>) compute at once and remember what they did, so that
/// <see cref="Backward"/> can walk back and fill <see cref="Gradient"/>.
/// </remarks>
public class Tensor
{
    private const int Alignment = 16; // floats: one cache line, one 512-bit vector

    private float[]? _array;
    private int _offset;

    /// <summary>A tensor of zeros.</summary>
    public Tensor(Shape shape) : this(shape, Allocate(shape.Count, out int offset, zeroed: true), offset) { }

    internal Tensor(Shape shape, float[]? array, int offset)
    {
        Shape = shape;
        _array = array;
        _offset = offset;
    }

    /// <summary>The sizes of the axes; images are <c>[batch, channels, height, width]</c>.</summary>
    public Shape Shape { get; }

    /// <summary>The number of elements.</summary>
    public int Count => Shape.Count;

    /// <summary>True if <see cref="Backward"/> should find the gradient with respect to this tensor. Parameters start true.</summary>
    public bool RequiresGradient { get; set; }

    /// <summary>The gradient that <see cref="Backward"/> has accumulated here, of the same shape; null before the first.</summary>
    public Tensor? Gradient { get; set; }

    internal Node? Producer { get; set; }

    /// <summary>The memory that captured steps write this leaf's gradient to; one for all plans.</summary>
    internal Tensor? GradientMemory { get; set; }

    internal bool DependsOnParameters => RequiresGradient || Producer is { WantsGradient: true };

    /// <summary>The elements in row-major order. Writing into them is not recorded.</summary>
    /// <exception cref="InvalidOperationException">
    /// The tensor belongs to a captured step, which has no values outside <c>Run</c>; declare it as an output.
    /// </exception>
    public Span<float> Span
    {
        get
        {
            if (_array is null) throw Trace.ValueRead(this);
            return MemoryMarshal.CreateSpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), _offset), Shape.Count);
        }
    }

    internal float[]? Array => _array;

    internal int Offset => _offset;

    internal bool HasStorage => _array is not null;

    internal void PointTo(float[]? array, int offset) => (_array, _offset) = (array, offset);

    /// <summary>A tensor of zeros.</summary>
    public static Tensor Zeros(Shape shape) => new(shape);

    /// <summary>A tensor of ones.</summary>
    public static Tensor Ones(Shape shape) => Full(shape, 1);

    /// <summary>A tensor with one value everywhere.</summary>
    public static Tensor Full(Shape shape, float value)
    {
        var tensor = Uninitialized(shape);
        tensor.Span.Fill(value);
        return tensor;
    }

    /// <summary>A scalar, shape <c>[]</c>.</summary>
    public static Tensor Scalar(float value) => Full([], value);

    /// <summary>A copy of the values in a shape.</summary>
    /// <exception cref="ShapeException">The number of values is not the shape's count.</exception>
    public static Tensor From(ReadOnlySpan<float> values, Shape shape)
    {
        if (values.Length != shape.Count) throw new ShapeException($"{values.Length} values do not fill {shape}, which needs {shape.Count}");
        var tensor = Uninitialized(shape);
        values.CopyTo(tensor.Span);
        return tensor;
    }

    /// <summary>A vector <c>[length]</c> of these values.</summary>
    public static Tensor From(params float[] values) => From(values, [values.Length]);

    /// <summary>A matrix <c>[rows, columns]</c> of these values.</summary>
    public static Tensor From(float[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return From(MemoryMarshal.CreateReadOnlySpan(ref values[0, 0], values.Length), [values.GetLength(0), values.GetLength(1)]);
    }

    /// <summary>A tensor over the caller's own array, without a copy: each sees what the other writes.</summary>
    /// <param name="array">At least as long as the shape's count. Allocate it pinned for the fastest kernels.</param>
    /// <param name="shape">The shape of the array's beginning.</param>
    /// <exception cref="ShapeException">The array is too short.</exception>
    public static Tensor Wrap(float[] array, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (array.Length < shape.Count) throw new ShapeException($"an array of {array.Length} floats cannot hold {shape}, which needs {shape.Count}");
        return new Tensor(shape, array, 0);
    }

    /// <summary>A copy of a tensor span of System.Numerics.Tensors, whatever its strides.</summary>
    public static Tensor From(in ReadOnlyTensorSpan<float> values)
    {
        var sizes = new int[values.Rank];
        for (int axis = 0; axis < sizes.Length; axis++) sizes[axis] = checked((int)values.Lengths[axis]);
        var tensor = Uninitialized(Shape.Of(sizes));
        values.FlattenTo(tensor.Span);
        return tensor;
    }

    /// <summary>This tensor's own memory as a tensor span of System.Numerics.Tensors, without a copy.</summary>
    public TensorSpan<float> AsTensorSpan()
    {
        var lengths = new nint[Shape.Rank];
        for (int axis = 0; axis < lengths.Length; axis++) lengths[axis] = Shape[axis];
        return new TensorSpan<float>(Span, lengths);
    }

    /// <summary>A copy of the elements in row-major order.</summary>
    public float[] ToArray() => Span.ToArray();

    /// <summary>The only element of a tensor with one element, such as a loss.</summary>
    /// <exception cref="ShapeException">There is more than one element, or none.</exception>
    public float Item() => Count == 1 ? Span[0] : throw new ShapeException($"Item() reads a single element; {Shape} has {Count}");

    /// <summary>An independent copy that no gradient flows through.</summary>
    public Tensor Clone() => From(Span, Shape);

    /// <summary>
    /// Fills <see cref="Gradient"/> of every tensor with <see cref="RequiresGradient"/> that this scalar depends on, adding
    /// to what is already there.
    /// </summary>
    /// <exception cref="ShapeException">This tensor has more than one element.</exception>
    /// <exception cref="InvalidOperationException">Nothing that this tensor depends on requires a gradient.</exception>
    public void Backward() => Autograd.Backward(this);

    /// <summary>The shape and the first elements, for the debugger.</summary>
    public override string ToString() =>
        HasStorage ? $"{Shape} {string.Join(' ', Span[..Math.Min(8, Count)].ToArray())}{(Count > 8 ? " ..." : "")}" : $"{Shape} (captured)";

    internal static Tensor Uninitialized(Shape shape) => new(shape, Allocate(shape.Count, out int offset, zeroed: false), offset);

    /// <summary>Pinned memory whose first used element is 64-byte aligned: the pinned heap itself promises less.</summary>
    internal static float[] Allocate(int count, out int offset, bool zeroed)
    {
        var array = zeroed ? GC.AllocateArray<float>(count + Alignment, pinned: true) : GC.AllocateUninitializedArray<float>(count + Alignment, pinned: true);
        unsafe
        {
            nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
            offset = (int)((((address + 63) & ~(nuint)63) - address) / sizeof(float));
        }

        return array;
    }
}
