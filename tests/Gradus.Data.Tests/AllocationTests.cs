namespace Gradus.Data.Tests;

/// <summary>Run alone: the count is of all threads.</summary>
[Collection(nameof(Alone))]
public class AllocationTests
{
    [CollectionDefinition(nameof(Alone), DisableParallelization = true)]
    public sealed class Alone;

    [Theory, InlineData(""), InlineData("rotation,crop:1,brightness,contrast,saturation,hue,grey,blur,noise,erasing,cutout,mixup"), InlineData("horizontal-flip,resized-crop,cutmix")]
    public void Warm_epochs_allocate_nothing_on_any_thread(string augmentation)
    {
        var set = new InMemoryDataset("flat", new byte[1000 * 48], new byte[1000], ["a"], channels: 3, 4, 4);
        var loader = new BatchLoader(set, 8, normalization: new Normalization([0.5f, 0.5f, 0.5f], [0.5f, 1, 2]), augmentation: AugmentationPipeline.Parse(augmentation));
        long least = long.MaxValue; // the runner's own threads may report in between
        for (int epoch = 0; epoch < 30; epoch++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            foreach (var batch in loader.Epoch(epoch)) Assert.True(batch.Count == 8);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.Equal(0, least);
    }
}
