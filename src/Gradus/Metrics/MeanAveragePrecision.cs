namespace Gradus.Metrics;

/// <summary>
/// The mean over classes of the average precision of detections. A detection is right if it overlaps an object of its class in its picture
/// by at least a threshold, and no better-scored one has taken that object.
/// </summary>
/// <remarks>
/// Everingham et al. 2010, "The Pascal visual object classes (VOC) challenge", section 4.2, over all recalls as from 2010 on; the mean over the
/// thresholds 0.5, 0.55, ..., 0.95 after Lin et al. 2014, https://arxiv.org/abs/1405.0312.
/// </remarks>
public sealed class MeanAveragePrecision
{
    private readonly List<(int Picture, int Label, double Score, Box Box)> _detections = [];
    private readonly List<(int Picture, int Label, Box Box)> _objects = [];
    private int _pictures;

    /// <summary>Adds a picture.</summary>
    /// <param name="detections">What was found, with a score each.</param>
    /// <param name="objects">What is there.</param>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public void Add(IEnumerable<(int Label, double Score, Box Box)> detections, IEnumerable<(int Label, Box Box)> objects)
    {
        ArgumentNullException.ThrowIfNull(detections);
        ArgumentNullException.ThrowIfNull(objects);
        var found = detections.ToArray();
        if (System.Array.FindIndex(found, one => double.IsNaN(one.Score)) is >= 0 and int place)
            throw new ArgumentException($"the score of detection {place} is not a number: it has no rank", nameof(detections));
        _detections.AddRange(found.Select(one => (_pictures, one.Label, one.Score, one.Box)));
        _objects.AddRange(objects.Select(one => (_pictures, one.Label, one.Box)));
        _pictures++;
    }

    /// <summary>The mean over the classes that have objects, from 0 to 1; 0 if there are no objects.</summary>
    /// <param name="overlap">The intersection over union from which on a detection is right, above 0 and up to 1.</param>
    public double Value(double overlap = 0.5) => _objects.Select(one => one.Label).Distinct().Select(label => AveragePrecision(label, overlap)).DefaultIfEmpty().Average();

    /// <summary>The mean over the overlaps 0.5, 0.55, ..., 0.95.</summary>
    public double ValueOverOverlaps() => Enumerable.Range(0, 10).Select(step => Value((50 + 5 * step) / 100.0)).Average();

    /// <summary>One class's area under the curve of precision over recall, each precision raised to the best at that recall or a greater one; 0 if the class has no objects.</summary>
    /// <param name="label">The class.</param>
    /// <param name="overlap">The intersection over union from which on a detection is right, above 0 and up to 1.</param>
    public double AveragePrecision(int label, double overlap = 0.5)
    {
        if (!(overlap > 0 && overlap <= 1)) throw new ArgumentOutOfRangeException(nameof(overlap), $"an overlap of {overlap} is outside 0 to 1");
        var objects = _objects.Where(one => one.Label == label).GroupBy(one => one.Picture).ToDictionary(group => group.Key, group => group.Select(one => one.Box).ToArray());
        int all = objects.Values.Sum(boxes => boxes.Length);
        if (all == 0) return 0;
        bool[] right = Match(label, overlap, objects);
        double[] precisions = new double[right.Length];
        for (int rank = 0, found = 0; rank < right.Length; rank++)
        {
            if (right[rank]) found++;
            precisions[rank] = (double)found / (rank + 1);
        }

        double area = 0, best = 0;
        for (int rank = right.Length - 1; rank >= 0; rank--)
        {
            best = Math.Max(best, precisions[rank]);
            if (right[rank]) area += best / all; // the recall grows by one object
        }

        return area;
    }

    /// <summary>Starts afresh.</summary>
    public void Reset()
    {
        _detections.Clear();
        _objects.Clear();
        _pictures = 0;
    }

    /// <summary>Which detections of a class are right, from the best-scored down. Each looks only at the object that it overlaps most, as the challenge's rules have it.</summary>
    private bool[] Match(int label, double overlap, Dictionary<int, Box[]> objects)
    {
        HashSet<(int Picture, int Place)> taken = [];
        return [.. _detections.Where(one => one.Label == label).OrderByDescending(one => one.Score).Select(one =>
        {
            if (!objects.TryGetValue(one.Picture, out var boxes)) return false;
            double[] overlaps = Array.ConvertAll(boxes, box => IntersectionOverUnion.Of(one.Box, box));
            int nearest = Array.IndexOf(overlaps, overlaps.Max());
            return overlaps[nearest] >= overlap && taken.Add((one.Picture, nearest));
        })];
    }
}
