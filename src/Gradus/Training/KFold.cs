namespace Gradus.Training;

/// <summary>One division of the samples.</summary>
/// <param name="Training">The places of the samples to learn from, ascending.</param>
/// <param name="Validation">The places of the samples to measure on, ascending.</param>
public sealed record Fold(int[] Training, int[] Validation);

/// <summary>k-fold cross-validation: every sample is measured on once, by a model that did not learn from it.</summary>
/// <remarks>Stone 1974, "Cross-validatory choice and assessment of statistical predictions"; stratified: Kohavi 1995, "A study of cross-validation and bootstrap".</remarks>
/// <example><code>
/// var figures = KFold.Stratified(labels, 5).Select(fold => TrainOn(new Subset(data, fold.Training)).Evaluate(new Subset(data, fold.Validation)));
/// </code></example>
public static class KFold
{
    /// <summary>Divides samples at random; the validation parts' sizes differ by at most 1.</summary>
    /// <param name="count">The number of samples, at least <paramref name="folds"/>.</param>
    /// <param name="folds">k, at least 2.</param>
    /// <param name="seed">The same seed gives the same folds.</param>
    /// <exception cref="ArgumentException">There are fewer samples than folds.</exception>
    public static IReadOnlyList<Fold> Of(int count, int folds, ulong seed = 0) => Divide([.. new RandomSource(seed).Permutation(count)], folds);

    /// <summary>Divides samples at random so that each class is spread evenly: of each, the validation parts' numbers differ by at most 1, as do their sizes.</summary>
    /// <param name="labels">Each sample's class.</param>
    /// <param name="folds">k, at least 2.</param>
    /// <param name="seed">The same seed gives the same folds.</param>
    /// <exception cref="ArgumentException">There are fewer samples than folds.</exception>
    public static IReadOnlyList<Fold> Stratified(ReadOnlySpan<int> labels, int folds, ulong seed = 0)
    {
        int[] classes = labels.ToArray();
        return Divide([.. new RandomSource(seed).Permutation(classes.Length).OrderBy(sample => classes[sample])], folds); // a stable order
    }

    // Dealt out like cards: neighbours in the order, and so the members of a class, go to different folds.
    private static Fold[] Divide(int[] order, int folds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        if (order.Length < folds) throw new ArgumentException($"{folds} folds need at least {folds} samples; got {order.Length}", nameof(folds));
        var foldOf = new int[order.Length];
        for (int i = 0; i < order.Length; i++) foldOf[order[i]] = i % folds;
        var all = Enumerable.Range(0, order.Length).ToArray();
        return [.. Enumerable.Range(0, folds).Select(fold => new Fold(Array.FindAll(all, i => foldOf[i] != fold), Array.FindAll(all, i => foldOf[i] == fold)))];
    }
}
