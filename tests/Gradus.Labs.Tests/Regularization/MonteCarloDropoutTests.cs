using Gradus.Labs.Regularization;

namespace Gradus.Labs.Tests.Regularization;

public class MonteCarloDropoutTests : LabTests
{
    [Fact]
    public void Without_masks_there_is_no_spread() => Assert.Equal(Labs.Outcome.Fails, Outcome(new MonteCarloDropout { MasksOn = false }, "uncertainty-rises-under-shift"));

    [Fact]
    public void Clean_pictures_are_not_told_from_clean_ones() =>
        Assert.Equal(Labs.Outcome.Fails, Outcome(new MonteCarloDropout { ShiftedBy = MonteCarloDropout.Shift.None }, "uncertainty-rises-under-shift"));
}
