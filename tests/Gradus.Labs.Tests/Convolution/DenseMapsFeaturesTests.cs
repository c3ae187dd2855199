using Gradus.Labs.Convolution;

namespace Gradus.Labs.Tests.Convolution;

public class DenseMapsFeaturesTests : LabTests
{
    [Fact]
    public void Linear_features_are_no_better_than_pixels() => Assert.Equal(Labs.Outcome.Fails, Outcome(new DenseMapsFeatures { Nonlinear = false }, "dense-maps-features-to-outputs"));
}
