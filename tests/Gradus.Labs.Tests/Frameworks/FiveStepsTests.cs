using Gradus.Labs.Frameworks;

namespace Gradus.Labs.Tests.Frameworks;

public class FiveStepsTests : LabTests
{
    [Fact]
    public void At_a_rate_near_zero_nothing_is_learned() => Assert.Equal(Labs.Outcome.Fails, Outcome(new FiveSteps { LearningRate = 1e-5 }, "five-steps-train"));

    [Fact]
    public void A_detached_layer_has_no_gradient() => Assert.Equal(Labs.Outcome.Fails, Outcome(new FiveSteps { Detached = true }, "backward-must-be-written"));
}
