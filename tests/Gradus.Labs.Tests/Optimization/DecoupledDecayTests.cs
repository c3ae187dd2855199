using Gradus.Labs.Optimization;

namespace Gradus.Labs.Tests.Optimization;

public class DecoupledDecayTests : LabTests
{
    [Fact]
    public void Without_decay_both_are_the_same() => Assert.Equal(Labs.Outcome.Fails, Outcome(new DecoupledDecay { Decay = 0 }, "adam-l2-is-not-adamw"));
}
