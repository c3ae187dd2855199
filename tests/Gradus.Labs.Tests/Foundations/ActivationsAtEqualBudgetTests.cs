using Gradus.Labs.Foundations;

namespace Gradus.Labs.Tests.Foundations;

public class ActivationsAtEqualBudgetTests : LabTests
{
    [Fact]
    public void In_a_shallow_network_the_sigmoid_keeps_up() => Assert.Equal(Labs.Outcome.Fails, Outcome(new ActivationsAtEqualBudget { Depth = 1 }, "relu-family-beats-sigmoid"));
}
