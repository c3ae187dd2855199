using Gradus.Labs.Problems;

namespace Gradus.Labs.Tests.Problems;

public class CosineAnnealingTests : LabTests
{
    [Fact]
    public void A_cosine_that_does_not_fall_gains_nothing() => Assert.Equal(Labs.Outcome.Fails, Outcome(new CosineAnnealing { Floor = 1 }, "cosine-lowers-the-final-loss"));

    [Fact]
    public void Where_the_rate_is_too_small_annealing_only_slows() => Assert.Equal(Labs.Outcome.Fails, Outcome(new CosineAnnealing { LearningRate = 0.0005 }, "cosine-lowers-the-final-loss"));
}
