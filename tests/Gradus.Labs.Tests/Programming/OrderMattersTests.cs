using Gradus.Labs.Programming;

namespace Gradus.Labs.Tests.Programming;

public class OrderMattersTests : LabTests
{
    [Fact]
    public void Of_steps_in_random_order_nobody_reads_the_order() => Assert.Equal(Labs.Outcome.Fails, Outcome(new OrderMatters { Shuffle = true }, "rnn-and-lstm-read-order"));
}
