using Gradus.Labs.Optimization;

namespace Gradus.Labs.Tests.Optimization;

public class BiasCorrectionTests : LabTests
{
    [Fact]
    public void With_balanced_betas_the_first_step_needs_no_correction() => Assert.Equal(Labs.Outcome.Fails, Outcome(new BiasCorrection { Beta2 = 0.99 }, "bias-correction-matters-at-first"));
}
