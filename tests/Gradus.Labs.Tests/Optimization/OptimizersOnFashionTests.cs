using Gradus.Labs.Optimization;

namespace Gradus.Labs.Tests.Optimization;

public class OptimizersOnFashionTests : LabTests
{
    [Fact]
    public void A_large_epsilon_takes_the_adaptation_away() => Assert.Equal(Labs.Outcome.Fails, Outcome(new OptimizersOnFashion { Epsilon = 10 }, "adaptive-methods-start-faster"));
}
