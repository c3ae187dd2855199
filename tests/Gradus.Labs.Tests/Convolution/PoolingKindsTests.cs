using Gradus.Labs.Convolution;

namespace Gradus.Labs.Tests.Convolution;

public class PoolingKindsTests : LabTests
{
    [Fact]
    public void Overlapping_windows_lower_nothing() => Assert.Equal(Labs.Outcome.Fails, Outcome(new PoolingKinds { Stride = 1 }, "pooling-lowers-resolution-and-cost"));

    [Fact]
    public void A_maximum_does_not_differ_from_a_maximum() => Assert.Equal(Labs.Outcome.Fails, Outcome(new PoolingKinds { Other = PoolingKinds.Kind.Max }, "max-and-average-differ"));
}
