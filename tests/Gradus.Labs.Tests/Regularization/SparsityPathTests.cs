using Gradus.Labs.Regularization;

namespace Gradus.Labs.Tests.Regularization;

public class SparsityPathTests : LabTests
{
    [Fact]
    public void Subgradient_steps_give_no_zeros() => Assert.Equal(Labs.Outcome.Fails, Outcome(new SparsityPath { Proximal = false }, "l1-gives-zeros"));

    [Fact]
    public void Where_all_features_matter_the_best_strength_leaves_few_zeros() =>
        Assert.Equal(Labs.Outcome.Fails, Outcome(new SparsityPath { Features = 10, Relevant = 10 }, "l1-gives-zeros"));
}
