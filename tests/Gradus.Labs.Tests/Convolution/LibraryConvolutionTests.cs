using Gradus.Labs.Convolution;

namespace Gradus.Labs.Tests.Convolution;

public class LibraryConvolutionTests : LabTests
{
    [Fact]
    public void Symmetric_kernels_cannot_tell() => Assert.Equal(Labs.Outcome.Fails, Outcome(new LibraryConvolution { Symmetric = true }, "libraries-flip-the-kernel"));
}
