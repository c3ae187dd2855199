using System.Text.Json.Serialization;

namespace Bench.Report;

/// <summary>One line of the result. <c>start_ms</c> and <c>resident_mb</c> rows have no allocation and no fraction.</summary>
/// <param name="Case">The case's name.</param>
/// <param name="Metric"><c>step_ms</c>, <c>start_ms</c> or <c>resident_mb</c>.</param>
/// <param name="Threads">Threads that each side may use.</param>
/// <param name="Gradus">The median of Gradus; null where only the peer ran.</param>
/// <param name="Peer">Which library, with its version.</param>
/// <param name="PeerSetting">How it was set up.</param>
/// <param name="PeerValue">The median of the peer.</param>
/// <param name="Ratio"><paramref name="PeerValue"/> / <paramref name="Gradus"/>: above 1, Gradus is ahead.</param>
/// <param name="GradusAllocatedBytes">Managed bytes that Gradus allocated over 100 warm steps (10 with <c>--quick</c>).</param>
/// <param name="FractionOfPeak">Multiply-adds needed x 2 / Gradus's time / the machine's measured peak (the peer's time where only it ran).</param>
internal sealed record Row(
    string Case,
    string Metric,
    int Threads,
    double? Gradus,
    string Peer,
    string PeerSetting,
    double PeerValue,
    double? Ratio,
    long? GradusAllocatedBytes,
    double? FractionOfPeak)
{
    /// <summary>The fastest turns, for the table only.</summary>
    [JsonIgnore]
    public (double? Gradus, double Peer) Best { get; init; }
}
