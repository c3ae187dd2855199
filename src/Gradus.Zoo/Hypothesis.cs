namespace Gradus.Zoo;

/// <summary>A target that a search has found.</summary>
/// <param name="Tokens">Its tokens, without start and end.</param>
/// <param name="Ended">Whether its end token came before it was cut off.</param>
/// <param name="LogProbability">The sum of the logarithms of its tokens' probabilities, that of its end included.</param>
/// <param name="Score">What hypotheses are compared by: the logarithm over a power of the length.</param>
public sealed record Hypothesis(IReadOnlyList<int> Tokens, bool Ended, double LogProbability, double Score);
