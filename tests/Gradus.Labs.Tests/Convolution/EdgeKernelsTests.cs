using Gradus.Labs.Convolution;

namespace Gradus.Labs.Tests.Convolution;

public class EdgeKernelsTests : LabTests
{
    [Fact]
    public void Weights_that_do_not_sum_to_zero_find_brightness() => Assert.Equal(Labs.Outcome.Fails, Outcome(new EdgeKernels { Offset = 1 }, "kernels-find-edges"));
}
