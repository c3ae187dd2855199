using Gradus.Labs.Optimization;

namespace Gradus.Labs.Tests.Optimization;

public class OptimizersOnAQuadraticTests : LabTests
{
    [Fact]
    public void In_a_round_bowl_nothing_beats_plain_descent() => Assert.Equal(Labs.Outcome.Fails, Outcome(new OptimizersOnAQuadratic { Condition = 1 }, "momentum-and-adaptive-steps-help"));
}
