using Gradus.Labs.Foundations;

namespace Gradus.Labs.Tests.Foundations;

public class LinearProbesTests : LabTests
{
    [Fact]
    public void Probes_of_random_weights_do_not_rise() => Assert.Equal(Labs.Outcome.Fails, Outcome(new LinearProbes { Epochs = 0 }, "probes-rise-with-depth"));
}
