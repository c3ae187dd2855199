using Gradus.Labs;

namespace Gradus.Bank.Tests;

/// <summary>A lab that is added by being written, in an assembly of its own.</summary>
public sealed class Summing : Lab
{
    /// <summary>How often it ran in this process.</summary>
    internal static int Runs;

    /// <summary>What the next run does instead of summing.</summary>
    internal static Action? Instead { get; set; }

    [Knob(0, 9, En = "the first number", Zh = "第一个数")]
    public int First { get; init; } = 2;

    public override Bilingual Title => ("Two and two are four", "二加二等于四");

    public override IReadOnlyList<int> Questions => [1];

    protected override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        Interlocked.Increment(ref Runs);
        Instead?.Invoke();
        var (sum, other) = (lab.Measure("2 + 2", _ => First + 2), lab.Measure("2 + 3", _ => First + 3));
        return [Verdict.Holds("four", [sum, other], Condition.Within("the sum", sum.Median, 4, 0.5)), Verdict.Refutes("five", [sum, other], Condition.AtMost("the sum", sum.Median, 4.5))];
    }
}
