using Gradus.Labs.Sequences;

namespace Gradus.Labs.Tests.Sequences;

public class AddingProblemTests : LabTests
{
    [Fact]
    public void Five_steps_are_no_distance_for_the_plain_network() => Assert.Equal(Labs.Outcome.Fails, Outcome(new AddingProblem { Length = 5 }, "plain-rnn-forgets"));

    [Fact]
    public void Gates_that_start_shut_keep_nothing() => Assert.Equal(Labs.Outcome.Fails, Outcome(new AddingProblem { KeepBias = -8 }, "gated-networks-remember"));
}
