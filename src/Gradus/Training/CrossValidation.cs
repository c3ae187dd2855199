namespace Gradus.Training;

/// <summary>The figures of one model on each fold of <see cref="KFold"/>.</summary>
/// <param name="Folds">The figures, in the order of the folds.</param>
public sealed record CrossValidation(IReadOnlyList<Evaluation> Folds)
{
    /// <summary>The mean loss over all samples.</summary>
    public double Loss => Folds.Sum(fold => fold.Loss * fold.Samples) / Folds.Sum(fold => fold.Samples);

    /// <summary>The share of correct samples; null where a fold has none.</summary>
    public double? Accuracy => Folds.Any(fold => fold.Accuracy is null) ? null : Folds.Sum(fold => fold.Accuracy * fold.Samples) / Folds.Sum(fold => fold.Samples);

    /// <summary>How much the folds' accuracies scatter: their standard deviation, with k - 1 in the denominator.</summary>
    public double? AccuracyDeviation
    {
        get
        {
            if (Accuracy is null) return null;
            double mean = Folds.Average(fold => fold.Accuracy!.Value);
            return Math.Sqrt(Folds.Sum(fold => Math.Pow(fold.Accuracy!.Value - mean, 2)) / (Folds.Count - 1));
        }
    }

    /// <summary>Trains and measures once for each fold.</summary>
    /// <param name="folds">The divisions.</param>
    /// <param name="train">Trains a new model on a fold's training samples and measures it on its validation samples; the number counts from 0.</param>
    public static CrossValidation Run(IReadOnlyList<Fold> folds, Func<Fold, int, Evaluation> train)
    {
        ArgumentNullException.ThrowIfNull(folds);
        ArgumentNullException.ThrowIfNull(train);
        return new CrossValidation([.. folds.Select(train)]);
    }
}
