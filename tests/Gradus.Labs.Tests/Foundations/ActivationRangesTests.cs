using Gradus.Labs.Foundations;

namespace Gradus.Labs.Tests.Foundations;

public class ActivationRangesTests : LabTests
{
    [Fact]
    public void A_shifted_function_is_not_odd() => Assert.Equal(Labs.Outcome.Fails, Outcome(new ActivationRanges { Shift = 0.5 }, "ranges-and-symmetry"));
}
