namespace Bench.Sides;

/// <summary>How long to measure.</summary>
/// <param name="WarmMilliseconds">Untimed steps of each side before the first turn: the JIT recompiles what is hot after about 200 ms.</param>
/// <param name="TurnMilliseconds">One turn of one side; at least one step.</param>
/// <param name="Rounds">How many turns each side has.</param>
/// <param name="Starts">How many processes of each side are started for a start or memory metric.</param>
/// <param name="Trials">How many random sizes <c>--vary</c> tries; odd, so that the median is one of them.</param>
/// <param name="CountedSteps">The steps over which managed allocation is counted.</param>
internal sealed record Effort(int WarmMilliseconds, int TurnMilliseconds, int Rounds, int Starts, int Trials, int CountedSteps)
{
    public static readonly Effort Full = new(1500, 150, 15, 7, 7, 100);

    public static readonly Effort Quick = new(500, 50, 7, 3, 3, 10);
}
