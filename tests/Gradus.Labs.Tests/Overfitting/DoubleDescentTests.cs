using Gradus.Labs.Overfitting;

namespace Gradus.Labs.Tests.Overfitting;

public class DoubleDescentTests : LabTests
{
    [Fact]
    public void With_a_ridge_penalty_there_is_no_peak() => Assert.Equal(Labs.Outcome.Fails, Outcome(new DoubleDescent { Ridge = 0.3 }, "test-error-falls-again"));
}
