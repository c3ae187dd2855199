using Gradus.Labs.Sequences;

namespace Gradus.Labs.Tests.Sequences;

public class CopyProblemTests : LabTests
{
    [Fact]
    public void Gates_that_start_shut_lose_the_word() => Assert.Equal(Labs.Outcome.Fails, Outcome(new CopyProblem { KeepBias = -8 }, "lstm-copies-over-gaps"));

    [Fact]
    public void Over_one_step_the_plain_network_copies_as_well() => Assert.Equal(Labs.Outcome.Fails, Outcome(new CopyProblem { Gap = 1 }, "lstm-copies-over-gaps"));
}
