using Gradus.Labs.Sequences;

namespace Gradus.Labs.Tests.Sequences;

public class GradientThroughTimeTests : LabTests
{
    [Fact]
    public void Half_open_forget_gates_let_the_gradient_fade() => Assert.Equal(Labs.Outcome.Fails, Outcome(new GradientThroughTime { ForgetBias = 0 }, "gradient-fades-through-time"));

    [Fact]
    public void Over_ten_steps_the_tanh_network_keeps_some() => Assert.Equal(Labs.Outcome.Fails, Outcome(new GradientThroughTime { Length = 10 }, "gradient-fades-through-time"));
}
