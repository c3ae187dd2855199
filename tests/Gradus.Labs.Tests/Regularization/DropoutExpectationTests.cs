using Gradus.Labs.Regularization;

namespace Gradus.Labs.Tests.Regularization;

public class DropoutExpectationTests : LabTests
{
    [Fact]
    public void Without_rescaling_the_expectation_is_lost() => Assert.Equal(Labs.Outcome.Fails, Outcome(new DropoutExpectation { Rescale = false }, "expectation-is-kept"));

    [Fact]
    public void A_network_left_in_training_drops_in_use() => Assert.Equal(Labs.Outcome.Fails, Outcome(new DropoutExpectation { SwitchToEvaluation = false }, "dropped-in-training-only"));
}
