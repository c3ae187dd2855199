using Gradus.Labs.Foundations;

namespace Gradus.Labs.Tests.Foundations;

public class ActivationsAtEqualBudgetTests : LabTests
{
    [Fact]
    public void With_weights_that_are_too_small_no_function_learns() => Assert.Equal(Labs.Outcome.Fails, Outcome(new ActivationsAtEqualBudget { InitializationScale = 0.001 }, "relu-family-beats-sigmoid"));
}
