using System.Collections;
using System.Runtime.CompilerServices;

namespace Gradus;

/// <summary>The sizes of a tensor's axes, outermost first: <c>[batch, channels, height, width]</c>. A scalar's shape is <c>[]</c>.</summary>
/// <remarks>Written as a collection expression: <c>Shape shape = [32, 3, 28, 28];</c>. Equal when all sizes are equal.</remarks>
[CollectionBuilder(typeof(Shape), nameof(Of))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<int>
{
    private readonly int[]? _sizes;

    private Shape(int[] sizes)
    {
        _sizes = sizes;
        long count = 1;
        foreach (int size in sizes)
        {
            if (size < 0) throw new ShapeException($"an axis cannot have {size} elements: {Text(sizes)}");
            count *= size;
            if (count > int.MaxValue - 64) throw new ShapeException($"{Text(sizes)} has more than 2^31 elements; split the batch");
        }

        Count = (int)count;
    }

    /// <summary>A shape of these sizes, outermost axis first; each at least 0.</summary>
    /// <exception cref="ShapeException">A size is negative, or the product exceeds 2^31.</exception>
    public static Shape Of(ReadOnlySpan<int> sizes) => new(sizes.ToArray());

    /// <summary>The shape of a single number: no axes.</summary>
    public static Shape Scalar => Of([]);

    /// <summary>The number of axes; 0 for a scalar.</summary>
    public int Rank => Sizes.Length;

    /// <summary>The number of axes, as <see cref="Rank"/>: what collection expressions (<c>[.. shape, 3]</c>) and list patterns count.</summary>
    public int Length => Rank; // without it they would take Count, the number of elements

    /// <summary>The number of elements: the product of all sizes, 1 for a scalar.</summary>
    public int Count { get => Rank == 0 ? 1 : field; }

    /// <summary>The sizes, outermost first.</summary>
    public ReadOnlySpan<int> Sizes => _sizes;

    /// <summary>The size of one axis; <c>^1</c> is the innermost.</summary>
    public int this[Index axis] => Sizes[axis];

    /// <summary>The size of one axis, counted from the outermost.</summary>
    public int this[int axis] => Sizes[axis];

    /// <summary>A range of axes as a shape of its own.</summary>
    public Shape this[Range axes] => Of(Sizes[axes]);

    /// <summary>How many elements lie between neighbours along each axis of a contiguous tensor of this shape.</summary>
    public int[] Strides()
    {
        var strides = new int[Rank];
        int step = 1;
        for (int axis = Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= this[axis];
        }

        return strides;
    }

    /// <summary>This shape with the size of one axis replaced.</summary>
    public Shape With(int axis, int size)
    {
        var sizes = Sizes.ToArray();
        sizes[axis] = size;
        return new Shape(sizes);
    }

    /// <summary>The axis from 0 to <see cref="Rank"/> - 1 that <paramref name="axis"/> names; negative counts from the innermost.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public int Axis(int axis)
    {
        int positive = axis < 0 ? axis + Rank : axis;
        return positive >= 0 && positive < Rank
            ? positive
            : throw new ShapeException($"axis {axis} does not exist in {this}; it has axes {-Rank} to {Rank - 1}");
    }

    /// <summary>The shape that both broadcast to by NumPy's rule: axes are aligned at the innermost, and a size of 1 repeats.</summary>
    /// <exception cref="ShapeException">Two aligned sizes differ and neither is 1.</exception>
    public static Shape Broadcast(Shape a, Shape b)
    {
        var sizes = new int[Math.Max(a.Rank, b.Rank)];
        for (int i = 1; i <= sizes.Length; i++)
        {
            int left = i <= a.Rank ? a[^i] : 1, right = i <= b.Rank ? b[^i] : 1;
            if (left != right && left != 1 && right != 1)
                throw new ShapeException($"{a} and {b} do not broadcast: axis {-i} has {left} and {right} elements, and neither is 1");
            sizes[^i] = left == 1 ? right : left;
        }

        return new Shape(sizes);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Sizes.SequenceEqual(other.Sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int size in Sizes) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <summary>True when all sizes are equal.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>True when a size or the number of axes differs.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The sizes in brackets: <c>[32, 3, 28, 28]</c>.</summary>
    public override string ToString() => Text(Sizes);

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(_sizes ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    int IReadOnlyCollection<int>.Count => Rank;

    /// <summary>The product of the sizes from one axis to the innermost; no shape is made for it.</summary>
    internal int CountFrom(int axis)
    {
        int count = 1;
        foreach (int size in Sizes[axis..]) count *= size;
        return count;
    }

    private static string Text(ReadOnlySpan<int> sizes) => $"[{string.Join(", ", sizes.ToArray())}]";
}
