using Gradus.Labs.Convolution;

namespace Gradus.Labs.Tests.Convolution;

public class TranslationEquivarianceTests : LabTests
{
    [Fact]
    public void A_stride_breaks_it_for_shifts_in_between() => Assert.Equal(Labs.Outcome.Fails, Outcome(new TranslationEquivariance { Stride = 2 }, "convolution-is-equivariant"));
}
