using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>
/// The mean over the batch of Σ target · (log target - log prediction): how many more nats the prediction needs than the target. The loss
/// of a student that learns a teacher's probabilities.
/// </summary>
/// <remarks>
/// Logarithms of probabilities (<c>logits.LogSoftmax()</c>) and probabilities, both <c>[batch, ...]</c>. Kullback and Leibler 1951,
/// "On information and sufficiency", equation 2.4.
/// </remarks>
public static class KullbackLeiblerDivergence
{
    /// <summary>The loss, a scalar.</summary>
    /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
    public static Tensor Of(Tensor logarithms, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(logarithms);
        var mean = logarithms.KullbackLeiblerDivergence(target); // over all elements
        return logarithms.Shape.Rank == 0 ? mean : mean * (logarithms.Count / logarithms.Shape[0]);
    }
}
