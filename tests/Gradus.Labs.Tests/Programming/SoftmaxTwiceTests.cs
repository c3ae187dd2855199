using Gradus.Labs.Programming;

namespace Gradus.Labs.Tests.Programming;

public class SoftmaxTwiceTests : LabTests
{
    [Fact]
    public void The_logarithm_of_softmax_is_harmless() => Assert.Equal(Labs.Outcome.Fails, Outcome(new SoftmaxTwice { Logarithm = true }, "softmax-twice-is-harmless"));
}
