using Gradus.Labs.Programming;

namespace Gradus.Labs.Tests.Programming;

public class MlpByHandTests : LabTests
{
    [Fact]
    public void A_backward_pass_without_the_mask_is_wrong() => Assert.Equal(Labs.Outcome.Fails, Outcome(new MlpByHand { MaskNegative = false }, "hand-written-gradients-are-right"));

    [Fact]
    public void Nothing_added_is_no_mistake() => Assert.Equal(Labs.Outcome.Fails, Outcome(new MlpByHand { Added = 0 }, "weights-added-to-gradients-are-gradients"));

    [Fact]
    public void Where_zeros_are_to_give_zeros_biases_can_be_left_out() => Assert.Equal(Labs.Outcome.Fails, Outcome(new MlpByHand { ZeroTarget = true }, "biases-can-be-left-out"));
}
