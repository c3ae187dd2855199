using Gradus.Labs.Foundations;

namespace Gradus.Labs.Tests.Foundations;

public class ChainRuleTests : LabTests
{
    [Fact]
    public void A_path_without_gradient_is_noticed() => Assert.Equal(Labs.Outcome.Fails, Outcome(new ChainRule { CutPath = true }, "backward-equals-differences"));
}
