using Gradus.Labs.Sequences;

namespace Gradus.Labs.Tests.Sequences;

public class RnnLongDependenciesTests : LabTests
{
    [Fact]
    public void Five_steps_the_tanh_network_handles() => Assert.Equal(Labs.Outcome.Fails, Outcome(new RnnLongDependencies { Length = 5 }, "rnn-handles-long-dependencies"));

    [Fact]
    public void A_third_of_the_identity_forgets_too() => Assert.Equal(Labs.Outcome.Fails, Outcome(new RnnLongDependencies { IdentityScale = 0.3 }, "identity-rnn-is-the-exception"));
}
