using Gradus.Labs.Foundations;

namespace Gradus.Labs.Tests.Foundations;

public class SaturationAndDeathTests : LabTests
{
    [Fact]
    public void Sigmoids_that_start_small_do_not_saturate() => Assert.Equal(Labs.Outcome.Fails, Outcome(new SaturationAndDeath { StartDeviation = 0.05 }, "sigmoid-saturates"));

    [Fact]
    public void At_the_usual_rate_units_live() => Assert.Equal(Labs.Outcome.Fails, Outcome(new SaturationAndDeath { LearningRate = 0.001 }, "relu-units-die"));

    [Fact]
    public void Without_its_leak_the_leaky_unit_dies_too() => Assert.Equal(Labs.Outcome.Fails, Outcome(new SaturationAndDeath { Leak = 0 }, "relu-units-die"));
}
