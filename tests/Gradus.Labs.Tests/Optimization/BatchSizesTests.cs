using Gradus.Labs.Optimization;

namespace Gradus.Labs.Tests.Optimization;

public class BatchSizesTests : LabTests
{
    [Fact]
    public void Batches_of_the_same_samples_do_not_follow_the_law() => Assert.Equal(Labs.Outcome.Fails, Outcome(new BatchSizes { SameSamples = true }, "noise-falls-with-batch-size"));

    [Fact]
    public void A_mini_batch_of_one_sample_is_no_faster_than_single_samples() => Assert.Equal(Labs.Outcome.Fails, Outcome(new BatchSizes { MiniBatch = 1 }, "mini-batch-is-fastest"));
}
