using Gradus.Labs.Attention;

namespace Gradus.Labs.Tests.Attention;

public class AttentionAgainstAveragingTests : LabTests
{
    [Fact]
    public void A_Transformer_that_averages_gains_nothing_over_itself() => Assert.Equal(Labs.Outcome.Fails, Outcome(new AttentionAgainstAveraging { Uniform = true }, "transformer-needs-attention"));

    [Fact]
    public void A_vision_transformer_that_averages_gains_nothing_over_itself() => Assert.Equal(Labs.Outcome.Fails, Outcome(new AttentionAgainstAveraging { Uniform = true }, "vit-needs-attention"));

    [Fact]
    public void A_CNN_whose_kernels_start_at_zero_beats_nobody() => Assert.Equal(Labs.Outcome.Fails, Outcome(new AttentionAgainstAveraging { KernelScale = 0 }, "cnn-beats-the-small-vit"));
}
