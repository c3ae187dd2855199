using Gradus.Labs.Convolution;

namespace Gradus.Labs.Tests.Convolution;

public class PoolingAndShiftsTests : LabTests
{
    [Fact]
    public void Windows_of_one_pixel_tolerate_nothing() => Assert.Equal(Labs.Outcome.Fails, Outcome(new PoolingAndShifts { Window = 1 }, "pooling-tolerates-shifts"));
}
