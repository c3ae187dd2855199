using Gradus.Labs.Overfitting;

namespace Gradus.Labs.Tests.Overfitting;

public class OverfittingRemediesTests : LabTests
{
    [Fact]
    public void Remedies_that_change_nothing_narrow_nothing()
    {
        var idle = new OverfittingRemedies { MoreData = 1, WeightDecay = 0, Augment = "", Patience = 1000, KeepTheBest = false, SmallUnits = 128, SmallBlocks = 1 };
        var verdicts = Run(idle).Verdicts;
        Assert.Equal(5, verdicts.Count);
        Assert.All(verdicts, verdict => Assert.Equal(Labs.Outcome.Fails, verdict.Outcome));
    }

    [Fact]
    public void A_gap_that_closes_because_little_is_learnt_proves_nothing() =>
        Assert.Equal(Labs.Outcome.Fails, Outcome(new OverfittingRemedies { WeightDecay = 0.2 }, "regularization-narrows", budget: Budget.Quick));
}
