using Gradus.Labs.Convolution;

namespace Gradus.Labs.Tests.Convolution;

public class ConvolutionArithmeticTests : LabTests
{
    [Theory]
    [InlineData("output-sizes-follow-the-formula")]
    [InlineData("gradients-by-hand")]
    public void A_layer_that_pads_more_than_it_says_is_found_out(string claim) => Assert.Equal(Labs.Outcome.Fails, Outcome(new ConvolutionArithmetic { HiddenPadding = 1 }, claim));
}
