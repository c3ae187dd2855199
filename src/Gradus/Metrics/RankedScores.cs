namespace Gradus.Metrics;

/// <summary>Scores from the greatest down, and how many true and false ones lie at or above each.</summary>
internal static class RankedScores
{
    /// <summary>One entry for each distinct score: those that are equal cannot be told apart by a threshold.</summary>
    public static List<(float Threshold, long TruePositives, long FalsePositives)> Of(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positives)
    {
        if (scores.Length != positives.Length) throw new ArgumentException($"each score needs its truth: got {scores.Length} scores and {positives.Length} truths");
        float[] sorted = scores.ToArray();
        if (System.Array.FindIndex(sorted, float.IsNaN) is >= 0 and int place) throw new ArgumentException($"the score at {place} is not a number: it has no rank");
        bool[] truths = positives.ToArray();
        System.Array.Sort(sorted, truths);
        List<(float, long, long)> ranks = [];
        long found = 0, wrong = 0;
        for (int i = sorted.Length - 1; i >= 0; i--)
        {
            if (truths[i]) found++;
            else wrong++;
            if (i == 0 || sorted[i - 1] != sorted[i]) ranks.Add((sorted[i], found, wrong));
        }

        return ranks;
    }
}
