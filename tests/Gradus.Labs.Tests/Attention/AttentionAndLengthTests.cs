using Gradus.Labs.Attention;

namespace Gradus.Labs.Tests.Attention;

public class AttentionAndLengthTests : LabTests
{
    [Fact]
    public void The_mean_of_the_source_is_no_attention() => Assert.Equal(Labs.Outcome.Fails, Outcome(new AttentionAndLength { Uniform = true }, "attention-keeps-accuracy-at-length"));
}
