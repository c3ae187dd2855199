using Gradus.Labs.Augmentation;

namespace Gradus.Labs.Tests.Augmentation;

public class AugmentationOn1000Tests : LabTests
{
    [Fact]
    public void Strength_0_gains_nothing() => Assert.Equal(Labs.Outcome.Fails, Outcome(new AugmentationOn1000 { Strength = 0 }, "fitting-augmentation-helps"));
}
