using Gradus.Labs.Regularization;

namespace Gradus.Labs.Tests.Regularization;

public class ClosedFormsTests : LabTests
{
    [Fact]
    public void Twice_the_strength_is_another_ridge() => Assert.Equal(Labs.Outcome.Fails, Outcome(new ClosedForms { ForgetTheHalf = true }, "trained-equals-closed-form"));

    [Fact]
    public void Too_few_steps_do_not_arrive() => Assert.Equal(Labs.Outcome.Fails, Outcome(new ClosedForms { Steps = 20 }, "trained-equals-closed-form"));
}
