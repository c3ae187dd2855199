using Gradus.Labs.Regularization;

namespace Gradus.Labs.Tests.Regularization;

public class DropoutAsEnsembleTests : LabTests
{
    [Fact]
    public void Without_dropout_there_is_one_subnetwork_only() => Assert.Equal(Labs.Outcome.Fails, Outcome(new DropoutAsEnsemble { Rate = 0 }, "dropout-acts-as-an-ensemble"));
}
