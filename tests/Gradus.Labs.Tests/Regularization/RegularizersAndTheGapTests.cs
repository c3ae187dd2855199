using Gradus.Labs.Regularization;

namespace Gradus.Labs.Tests.Regularization;

public class RegularizersAndTheGapTests : LabTests
{
    [Fact]
    public void Strength_0_narrows_nothing()
    {
        var verdicts = Run(new RegularizersAndTheGap { L1Scale = 0, L2Scale = 0, DropoutScale = 0 }).Verdicts;
        Assert.Equal(["l1-narrows-the-gap", "l2-narrows-the-gap", "dropout-narrows-the-gap"], verdicts.Select(verdict => verdict.Claim));
        Assert.All(verdicts, verdict => Assert.Equal(Labs.Outcome.Fails, verdict.Outcome));
    }

    [Fact]
    public void A_gap_that_closes_because_nothing_is_learnt_proves_nothing() =>
        Assert.Equal(Labs.Outcome.Fails, Outcome(new RegularizersAndTheGap { L2Scale = 10, L1Scale = 0, DropoutScale = 0 }, "l2-narrows-the-gap"));
}
