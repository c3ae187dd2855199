using Gradus.Training;

namespace Gradus.Labs;

/// <summary>What became of a training.</summary>
/// <param name="History">Its epochs; empty where it broke off.</param>
/// <param name="Steps">Positions of <paramref name="Losses"/>, in steps.</param>
/// <param name="Losses">The training loss, each value a mean over the steps since the one before.</param>
/// <param name="Diverged">Where and why its numbers ceased to be finite; null if they did not.</param>
public sealed record LabTraining(History History, IReadOnlyList<double> Steps, IReadOnlyList<double> Losses, string? Diverged)
{
    /// <summary>The loss of the last epoch; infinite where the training diverged.</summary>
    public double FinalLoss => Diverged is null && History.Epochs.Count > 0 ? History.Epochs[^1].TrainLoss : double.PositiveInfinity;

    /// <summary>The loss curve as a line of a chart.</summary>
    public ChartLine Line(Bilingual name) => new(name, Steps, Losses);
}
