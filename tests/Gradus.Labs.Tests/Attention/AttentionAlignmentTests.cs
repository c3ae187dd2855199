using Gradus.Labs.Attention;

namespace Gradus.Labs.Tests.Attention;

public class AttentionAlignmentTests : LabTests
{
    [Fact]
    public void Uniform_weights_align_nothing() => Assert.Equal(Labs.Outcome.Fails, Outcome(new AttentionAlignment { Uniform = true }, "attention-finds-the-alignment"));

    [Fact]
    public void Weight_on_padding_is_missing_elsewhere() => Assert.Equal(Labs.Outcome.Fails, Outcome(new AttentionAlignment { Mask = false }, "weights-sum-to-one"));
}
