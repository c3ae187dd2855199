using Gradus.Labs.Overfitting;

namespace Gradus.Labs.Tests.Overfitting;

public class LeakageTests : LabTests
{
    [Fact]
    public void Without_copies_the_measurement_does_not_rise() => Assert.Equal(Labs.Outcome.Fails, Outcome(new Leakage { LeakedShare = 0 }, "leakage-hides-overfitting"));
}
