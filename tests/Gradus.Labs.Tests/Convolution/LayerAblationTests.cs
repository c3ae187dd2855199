using Gradus.Labs.Convolution;

namespace Gradus.Labs.Tests.Convolution;

public class LayerAblationTests : LabTests
{
    [Fact]
    public void Kernels_of_one_pixel_see_no_farther() => Assert.Equal(Labs.Outcome.Fails, Outcome(new LayerAblation { Kernel = 1 }, "receptive-field-grows"));

    [Fact]
    public void A_stage_that_computes_nothing_new_is_not_needed() => Assert.Equal(Labs.Outcome.Fails, Outcome(new LayerAblation { LinearStage = true }, "every-layer-is-needed"));
}
