using Gradus.Labs.Sequences;

namespace Gradus.Labs.Tests.Sequences;

public class RnnLongDependenciesTests : LabTests
{
    [Fact]
    public void Ten_steps_the_tanh_network_handles() => Assert.Equal(Labs.Outcome.Fails, Outcome(new RnnLongDependencies { Length = 10 }, "rnn-handles-long-dependencies"));

    [Fact]
    public void Half_the_identity_forgets_too() => Assert.Equal(Labs.Outcome.Fails, Outcome(new RnnLongDependencies { IdentityScale = 0.5 }, "identity-rnn-is-the-exception"));
}
