using Gradus.Labs.Convolution;

namespace Gradus.Labs.Tests.Convolution;

public class ConvolutionThreeWaysTests : LabTests
{
    [Fact]
    public void Without_zeros_around_it_the_picture_is_a_ring() => Assert.Equal(Labs.Outcome.Fails, Outcome(new ConvolutionThreeWays { ZeroPadding = false }, "direct-gemm-fft-agree"));
}
