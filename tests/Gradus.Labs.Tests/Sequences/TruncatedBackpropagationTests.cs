using Gradus.Labs.Sequences;

namespace Gradus.Labs.Tests.Sequences;

public class TruncatedBackpropagationTests : LabTests
{
    [Fact]
    public void A_gradient_that_reaches_the_bit_teaches_it() => Assert.Equal(Labs.Outcome.Fails, Outcome(new TruncatedBackpropagation { Truncation = 20 }, "truncation-limits-memory"));
}
