using Gradus.Labs.Convolution;

namespace Gradus.Labs.Tests.Convolution;

public class ConvolutionSharesWeightsTests : LabTests
{
    [Fact]
    public void Without_neighbours_a_window_is_worth_nothing() => Assert.Equal(Labs.Outcome.Fails, Outcome(new ConvolutionSharesWeights { PermutePixels = true }, "fewer-parameters-more-accuracy"));

    [Fact]
    public void A_narrow_dense_network_has_no_more_parameters() => Assert.Equal(Labs.Outcome.Fails, Outcome(new ConvolutionSharesWeights { Hidden = 16 }, "fewer-parameters-more-accuracy"));
}
