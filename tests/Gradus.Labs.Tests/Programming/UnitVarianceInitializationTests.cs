using Gradus.Labs.Programming;

namespace Gradus.Labs.Tests.Programming;

public class UnitVarianceInitializationTests : LabTests
{
    [Fact]
    public void A_tenth_of_that_is_fine() => Assert.Equal(Labs.Outcome.Fails, Outcome(new UnitVarianceInitialization { Deviation = 0.1 }, "unit-variance-is-fine"));
}
