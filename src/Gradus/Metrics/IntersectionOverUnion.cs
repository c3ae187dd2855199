namespace Gradus.Metrics;

/// <summary>
/// How much of what either of two regions covers both cover, from 0 to 1: of boxes, and of the classes of pictures' pixels, where a class
/// counts over all pictures together.
/// </summary>
/// <remarks>Everingham et al. 2010, "The Pascal visual object classes (VOC) challenge", equations 3 and 4; Jaccard 1912, "The distribution of the flora in the alpine zone".</remarks>
public sealed class IntersectionOverUnion
{
    private readonly ClassScore[] _scores;

    /// <summary>Nothing counted yet.</summary>
    /// <param name="classes">The number of classes of pixels, at least 1.</param>
    public IntersectionOverUnion(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        _scores = new ClassScore[classes];
    }

    /// <summary>One class's intersection over union; NaN where the class is neither there nor found.</summary>
    public double this[int label]
    {
        get
        {
            var (both, found, missed) = _scores[label];
            return both + found + missed == 0 ? double.NaN : (double)both / (both + found + missed);
        }
    }

    /// <summary>The mean over the classes that are there or found; 0 before the first pixel.</summary>
    public double Mean => Enumerable.Range(0, _scores.Length).Select(label => this[label]).Where(value => !double.IsNaN(value)).DefaultIfEmpty().Average();

    /// <summary>Of two boxes; 0 if both are empty.</summary>
    public static double Of(Box a, Box b)
    {
        double both = a.Intersect(b).Area, either = a.Area + b.Area - both;
        return either > 0 ? both / either : 0;
    }

    /// <summary>Of two masks, in which every number but 0 is inside; 1 if both are empty, as they agree.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static double Of(IntTensor a, IntTensor b)
    {
        Require(a, b);
        long both = 0, either = 0;
        for (int i = 0; i < a.Span.Length; i++)
        {
            if (a.Span[i] != 0 && b.Span[i] != 0) both++;
            if (a.Span[i] != 0 || b.Span[i] != 0) either++;
        }

        return either == 0 ? 1 : (double)both / either;
    }

    /// <summary>Adds pictures; nothing is allocated.</summary>
    /// <param name="predicted">A class for each pixel, of any shape.</param>
    /// <param name="expected">Of the same shape.</param>
    /// <param name="ignored">The expected class of pixels that do not count, such as 255 or -1.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A pixel has no such class.</exception>
    public void Add(IntTensor predicted, IntTensor expected, int? ignored = null)
    {
        Require(predicted, expected);
        for (int i = 0; i < expected.Span.Length; i++)
        {
            int found = predicted.Span[i], there = expected.Span[i];
            if (there == ignored) continue;
            if ((uint)found >= (uint)_scores.Length || (uint)there >= (uint)_scores.Length)
                throw new ArgumentOutOfRangeException(nameof(predicted), $"pixel {i} is class {found}, and {there} is expected: classes are 0 to {_scores.Length - 1}");
            if (found == there)
            {
                _scores[there] += new ClassScore(1, 0, 0);
                continue;
            }

            _scores[found] += new ClassScore(0, 1, 0);
            _scores[there] += new ClassScore(0, 0, 1);
        }
    }

    /// <summary>Starts afresh.</summary>
    public void Reset() => System.Array.Clear(_scores);

    private static void Require(IntTensor a, IntTensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Shape != b.Shape) throw new ShapeException($"masks of one shape are compared; got {a.Shape} and {b.Shape}");
    }
}
