using Gradus.Labs.Convolution;

namespace Gradus.Labs.Tests.Convolution;

public class PoolingParametersTests : LabTests
{
    [Fact]
    public void A_convolution_in_the_pools_place_has_parameters() => Assert.Equal(Labs.Outcome.Fails, Outcome(new PoolingParameters { LearnedPooling = true }, "pooling-has-parameters-to-save"));

    [Fact]
    public void After_a_global_average_the_dense_layer_does_not_shrink_either() => Assert.Equal(Labs.Outcome.Fails, Outcome(new PoolingParameters { GlobalAverage = true }, "pooling-has-parameters-to-save"));
}
