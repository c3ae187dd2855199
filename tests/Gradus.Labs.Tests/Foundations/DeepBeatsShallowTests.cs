using Gradus.Labs.Foundations;

namespace Gradus.Labs.Tests.Foundations;

public class DeepBeatsShallowTests : LabTests
{
    [Fact]
    public void A_cnn_on_shuffled_pixels_has_no_lead() => Assert.Equal(Labs.Outcome.Fails, Outcome(new DeepBeatsShallow { ShufflePixels = true }, "cnn-beats-shallow"));
}
