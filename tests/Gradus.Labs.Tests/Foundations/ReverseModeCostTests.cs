using Gradus.Labs.Foundations;

namespace Gradus.Labs.Tests.Foundations;

public class ReverseModeCostTests : LabTests
{
    [Fact]
    public void Ten_outputs_cost_ten_backward_passes() => Assert.Equal(Labs.Outcome.Fails, Outcome(new ReverseModeCost { Outputs = 10 }, "backward-costs-a-constant"));
}
