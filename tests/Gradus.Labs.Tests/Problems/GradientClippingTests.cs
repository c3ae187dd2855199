using Gradus.Labs.Problems;

namespace Gradus.Labs.Tests.Problems;

public class GradientClippingTests : LabTests
{
    [Fact]
    public void A_limit_that_clips_nothing_tames_nothing() => Assert.Equal(Labs.Outcome.Fails, Outcome(new GradientClipping { Clip = 1e9 }, "clipping-tames-explosion"));

    [Fact]
    public void Over_five_steps_nothing_explodes() => Assert.Equal(Labs.Outcome.Fails, Outcome(new GradientClipping { Length = 5 }, "clipping-tames-explosion"));
}
