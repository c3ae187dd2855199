namespace Gradus.Tests.Ops;

/// <summary>An array of doubles with a shape, for definitions written as their formulas stand in books: no speed, no float noise.</summary>
internal sealed class DoubleTensor(int[] sizes, double[] values)
{
    public int[] Sizes => sizes;

    public double[] Values => values;

    public int Rank => sizes.Length;

    public double this[params ReadOnlySpan<int> index]
    {
        get => values[Place(index)];
        set => values[Place(index)] = value;
    }

    public static DoubleTensor From(Tensor tensor) => new([.. tensor.Shape], Array.ConvertAll(tensor.ToArray(), value => (double)value));

    public static DoubleTensor Scalar(double value) => new([], [value]);

    /// <summary>The tensor whose element at an index is a function of the index; the function may keep no reference to it.</summary>
    public static DoubleTensor Of(int[] sizes, Func<int[], double> element)
    {
        var result = new double[sizes.Aggregate(1, (product, size) => product * size)];
        int[] index = new int[sizes.Length];
        for (int place = 0; place < result.Length; place++)
        {
            result[place] = element(index);
            for (int axis = sizes.Length - 1; axis >= 0 && ++index[axis] == sizes[axis]; axis--) index[axis] = 0;
        }

        return new DoubleTensor(sizes, result);
    }

    public DoubleTensor Map(Func<double, double> function) => new(sizes, Array.ConvertAll(values, value => function(value)));

    /// <summary>An element-wise function of two tensors that broadcast by NumPy's rule.</summary>
    public static DoubleTensor Zip(DoubleTensor a, DoubleTensor b, Func<double, double, double> function)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        int[] sizes = [.. Enumerable.Range(0, rank).Select(axis => SizeAt(a, axis) == 1 ? SizeAt(b, axis) : SizeAt(a, axis))];
        return Of(sizes, index => function(At(a, index), At(b, index)));

        int SizeAt(DoubleTensor x, int axis) => axis < rank - x.Rank ? 1 : x.Sizes[axis - rank + x.Rank];

        double At(DoubleTensor x, int[] index)
        {
            int place = 0;
            for (int axis = 0; axis < x.Rank; axis++) place = place * x.Sizes[axis] + (x.Sizes[axis] == 1 ? 0 : index[axis + rank - x.Rank]);
            return x.Values[place];
        }
    }

    /// <summary>The elements that differ only along the axes, folded into one.</summary>
    public DoubleTensor Reduce(int[] axes, bool keepAxes, double start, Func<double, double, double> fold)
    {
        bool[] reduced = [.. Enumerable.Range(0, Rank).Select(axis => axes.Length == 0 || axes.Contains(axis) || axes.Contains(axis - Rank))];
        var kept = Of([.. sizes.Select((size, axis) => reduced[axis] ? 1 : size)], _ => start);
        int[] target = new int[Rank];
        Of(sizes, index =>
        {
            for (int axis = 0; axis < target.Length; axis++) target[axis] = reduced[axis] ? 0 : index[axis];
            return kept[target] = fold(kept[target], this[index]);
        });
        return keepAxes ? kept : new DoubleTensor([.. sizes.Where((_, axis) => !reduced[axis])], kept.Values);
    }

    private int Place(ReadOnlySpan<int> index)
    {
        int place = 0;
        for (int axis = 0; axis < sizes.Length; axis++) place = place * sizes[axis] + index[axis];
        return place;
    }
}
