namespace Gradus.Labs.Tests;

public class VerdictTests
{
    private static readonly Arm One = new("one", [1]), Two = new("two", [2]);

    [Theory]
    [InlineData(new[] { 3.0, 1, 2 }, 2), InlineData(new[] { 4.0, 1, 2, 3 }, 2.5), InlineData(new[] { 1.0, double.NaN, 2 }, double.NaN), InlineData(new double[0], double.NaN)]
    public void The_median_is_the_middle_and_NaN_is_not_passed_over(double[] values, double median) => Assert.Equal(median, new Arm("any", values).Median);

    [Fact]
    public void A_condition_is_met_at_its_threshold_and_never_by_what_is_no_number()
    {
        Assert.True(Condition.AtLeast("x", 1, 1).Met);
        Assert.True(Condition.AtMost("x", 1, 1).Met);
        Assert.True(Condition.Within("x", 1.5, 1, 0.5).Met);
        Assert.False(Condition.AtLeast("x", 0.999, 1).Met);
        Assert.False(Condition.AtMost("x", 1.001, 1).Met);
        Assert.False(Condition.Within("x", 1.51, 1, 0.5).Met);
        Assert.False(Condition.AtLeast("x", double.NaN, 1).Met);
        Assert.False(Condition.AtMost("x", double.NaN, 1).Met);
        Assert.False(Condition.Within("x", double.NaN, 1, 0.5).Met);
    }

    [Fact]
    public void A_verdict_needs_every_condition_and_the_first_miss_decides()
    {
        Condition met = Condition.AtLeast("met", 2, 1), missed = Condition.AtLeast("missed", 0, 1);
        Assert.Equal(Outcome.Holds, Verdict.Holds("c", [One, Two], met, met).Outcome);
        Assert.Equal(Outcome.Refuted, Verdict.Refutes("c", [One, Two], met).Outcome);
        var failed = Verdict.Holds("c", [One, Two], met, missed);
        Assert.Equal((Outcome.Fails, missed), (failed.Outcome, failed.Decisive));
        Assert.Equal(Outcome.Fails, Verdict.Refutes("c", [One, Two], missed).Outcome);
    }

    [Fact]
    public void A_verdict_that_compares_nothing_or_cannot_fail_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Verdict.Holds("c", [One], Condition.AtLeast("x", 1, 0)));
        Assert.Throws<ArgumentException>(() => Verdict.Holds("c", [One, Two]));
    }
}
