using Gradus.Labs.Problems;

namespace Gradus.Labs.Tests.Problems;

public class VanishingGradientsTests : LabTests
{
    [Fact]
    public void All_claims_hold() => Assert.All(Run(new VanishingGradients()).Verdicts, verdict => Assert.Equal(Labs.Outcome.Holds, verdict.Outcome));

    [Fact]
    public void Five_layers_do_not_lose_a_millionfold() => Assert.Equal(Labs.Outcome.Fails, Outcome(new VanishingGradients { Depth = 5 }, "deep-sigmoid-loses-gradient"));

    [Theory]
    [InlineData("initialization-keeps-the-gradient")]
    [InlineData("relu-keeps-the-gradient")]
    public void Weights_that_are_too_small_cure_nothing(string claim) => Assert.Equal(Labs.Outcome.Fails, Outcome(new VanishingGradients { InitializationScale = 0.3 }, claim));

    [Fact]
    public void Without_normalisation_that_arm_is_sick() => Assert.Equal(Labs.Outcome.Fails, Outcome(new VanishingGradients { Normalize = false }, "batch-norm-keeps-the-gradient"));

    [Fact]
    public void Without_shortcuts_that_arm_is_sick() => Assert.Equal(Labs.Outcome.Fails, Outcome(new VanishingGradients { Shortcut = false }, "residual-keeps-the-gradient"));
}
