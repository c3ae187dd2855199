using Gradus.Labs.Optimization;

namespace Gradus.Labs.Tests.Optimization;

public class DescentPathsTests : LabTests
{
    [Fact]
    public void Samples_that_agree_go_one_way() => Assert.Equal(Labs.Outcome.Fails, Outcome(new DescentPaths { EqualSamples = true }, "stochastic-paths-wander"));
}
