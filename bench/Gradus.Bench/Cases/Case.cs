namespace Bench;

/// <summary>What is measured of a case.</summary>
internal enum Metric
{
    /// <summary>Milliseconds of one warm step.</summary>
    Step,

    /// <summary>Milliseconds from the start of the process to the end of its first step.</summary>
    Start,

    /// <summary>Peak resident set of the process while it trains, in MiB.</summary>
    Resident,
}

/// <summary>One row of the comparison: what both sides do, and at which sizes.</summary>
/// <param name="Name">The name in tables and files.</param>
/// <param name="Work">What the contenders' <see cref="RunsAttribute"/> says; several cases may share it.</param>
/// <param name="Sizes">The sizes of the table.</param>
/// <param name="MultiplyAdds">
/// Multiply-adds that a step needs when computed densely: no Winograd, no use of zeros, but neither the gradient of the
/// network's input nor what a flooring pool discards.
/// </param>
internal sealed record Case(string Name, string Work, Sizes Sizes, Func<Sizes, double> MultiplyAdds)
{
    public IReadOnlyList<Metric> Metrics { get; init; } = [Metric.Step];

    /// <summary>The settings that the peer is run in, each a row of its own.</summary>
    public IReadOnlyList<PeerSetting> PeerSettings { get; init; } = [PeerSetting.Default];

    /// <summary>The sizes that stay as they are when the others vary.</summary>
    public IReadOnlyCollection<string> Fixed { get; init; } = [];

    /// <summary>Whether the peer can run other sizes than the table's.</summary>
    public bool Varies { get; init; } = true;
}
