using Gradus.Ops;

namespace Gradus.Data;

/// <summary>
/// The k-nearest-neighbours classifier: a sample gets the class of most of the k training samples closest to it; of classes with as many, the one
/// whose sample is closest. It learns nothing; all work is done when it is asked.
/// </summary>
/// <remarks>
/// Cover and Hart 1967, "Nearest neighbor pattern classification". Euclidean distance, as |r|² - 2 q·r of a block of queries at a time, which
/// is one matrix product (the query's own |q|² changes no order).
/// </remarks>
public sealed class NearestNeighbours
{
    private const int Block = 256; // queries a product: enough to be fast, some ten megabytes of distances for ten thousand samples

    private readonly Tensor _samples;
    private readonly int[] _labels;
    private readonly float[] _lengths;
    private readonly int _neighbours;

    /// <summary>Keeps the samples.</summary>
    /// <param name="samples">What is known, <c>[count, ...]</c>.</param>
    /// <param name="labels">A class for each, <c>[count]</c>, at least 0.</param>
    /// <param name="neighbours">k, from 1 to the number of samples.</param>
    /// <exception cref="ShapeException">There are more or fewer labels than samples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">k is out of range, or a label is below 0.</exception>
    public NearestNeighbours(Tensor samples, IntTensor labels, int neighbours = 5)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(labels);
        if (samples.Shape.Rank < 2 || labels.Shape != [samples.Shape[0]]) throw new ShapeException($"samples [count, ...] need labels [count]; got {samples.Shape} and {labels.Shape}");
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(neighbours, samples.Shape[0]);
        int lowest = labels.Span.ToArray().Min();
        if (lowest < 0) throw new ArgumentOutOfRangeException(nameof(labels), lowest, "a class is at least 0");
        (_samples, _labels, _neighbours) = (samples.Detach().Flatten(), labels.Span.ToArray(), neighbours);
        using (Graph.GradientMode.Off()) _lengths = _samples.Square().Sum(1).ToArray();
    }

    /// <summary>The classes of some samples.</summary>
    /// <param name="queries">As many as wanted, <c>[count, ...]</c>, each of the training samples' length.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>One class for each.</returns>
    /// <exception cref="ShapeException">The queries are of another length.</exception>
    public int[] Classify(Tensor queries, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        using var off = Graph.GradientMode.Off();
        var all = queries.Detach().Flatten();
        if (all.Shape.Rank != 2 || all.Shape[1] != _samples.Shape[1]) throw new ShapeException($"the samples have {_samples.Shape[1]} values each; got queries {queries.Shape}");
        var classes = new int[all.Shape[0]];
        for (int start = 0; start < classes.Length; start += Block)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(Block, classes.Length - start);
            var products = all.Slice(0, start, count).MatMul(_samples, transposeB: true); // [count, samples]
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Kernels.Workers.Threads }, query =>
                classes[start + query] = Vote(products.Span.Slice(query * _labels.Length, _labels.Length)));
        }

        return classes;
    }

    private int Vote(ReadOnlySpan<float> products)
    {
        var distances = new float[_neighbours]; // the nearest so far, in order
        var nearest = new int[_neighbours];
        Array.Fill(distances, float.PositiveInfinity);
        for (int i = 0; i < products.Length; i++)
        {
            float distance = _lengths[i] - 2 * products[i];
            if (!(distance < distances[^1])) continue;
            int place = _neighbours - 1;
            for (; place > 0 && distances[place - 1] > distance; place--) (distances[place], nearest[place]) = (distances[place - 1], nearest[place - 1]);
            (distances[place], nearest[place]) = (distance, i);
        }

        var (best, most) = (0, 0);
        foreach (int candidate in nearest)
        {
            int votes = 0;
            foreach (int other in nearest) votes += _labels[other] == _labels[candidate] ? 1 : 0;
            if (votes > most) (best, most) = (_labels[candidate], votes); // the first with as many is the closest
        }

        return best;
    }
}
