using Gradus.Labs.Sequences;

namespace Gradus.Labs.Tests.Sequences;

public class GateByGateTests : LabTests
{
    [Fact]
    public void A_forget_gate_that_is_not_shut_forgets_nothing() => Assert.Equal(Labs.Outcome.Fails, Outcome(new GateByGate { ShutBias = 20 }, "forget-gate-carries-memory"));

    [Fact]
    public void A_forget_gate_that_is_not_open_does_not_keep() => Assert.Equal(Labs.Outcome.Fails, Outcome(new GateByGate { OpenBias = -20 }, "forget-gate-carries-memory"));
}
