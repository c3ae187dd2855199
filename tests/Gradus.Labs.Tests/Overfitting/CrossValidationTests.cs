using Gradus.Labs.Overfitting;

namespace Gradus.Labs.Tests.Overfitting;

public class CrossValidationTests : LabTests
{
    [Fact]
    public void A_decision_changes_the_gap() => Assert.Equal(Labs.Outcome.Fails, Outcome(new CrossValidation { AdoptTheChoice = true }, "cross-validation-reduces-overfitting"));

    [Fact]
    public void Measured_on_what_was_learnt_the_worst_fit_wins() =>
        Assert.Equal(Labs.Outcome.Fails, Outcome(new CrossValidation { MeasureOn = CrossValidation.Samples.LearntFrom }, "cross-validation-selects", budget: Budget.Quick));
}
