using Gradus.Labs.Augmentation;

namespace Gradus.Labs.Tests.Augmentation;

public class HarmfulAugmentationTests : LabTests
{
    [Fact]
    public void Pictures_that_are_never_mirrored_harm_nothing() => Assert.Equal(Labs.Outcome.Fails, Outcome(new HarmfulAugmentation { Flips = 0 }, "vertical-flip-harms-digits"));
}
