using Gradus.Ops;

namespace Gradus.Data;

/// <summary>One batch in buffers that the loader reuses: valid until the next batch is asked for.</summary>
public sealed class Batch
{
    internal Batch(int capacity, int sampleLength, bool mixed)
    {
        // Pinned and not cleared: kernels take the address, and every value is overwritten before it is shown.
        Inputs = GC.AllocateUninitializedArray<float>(capacity * sampleLength, pinned: true);
        Labels = new int[capacity];
        if (mixed) MixedLabels = new int[capacity * MixedLabel.Length];
        SampleLength = sampleLength;
    }

    /// <summary>[batch size, channels, height, width] on the pinned heap; only the first <see cref="Count"/> samples are of this batch.</summary>
    public float[] Inputs { get; }

    /// <summary>[batch size]; only the first <see cref="Count"/> are of this batch.</summary>
    public int[] Labels { get; }

    /// <summary>[batch size, 3], what <see cref="Losses.MixedCrossEntropy"/> takes; empty unless samples are mixed.</summary>
    public int[] MixedLabels { get; } = [];

    /// <summary>The number of samples: the batch size, or less in the last batch of an epoch.</summary>
    public int Count { get; internal set; }

    /// <summary>The batch's place in the epoch, from 0: what a checkpoint keeps, plus 1, to go on from here.</summary>
    public int Index { get; internal set; }

    /// <summary>The epoch it belongs to.</summary>
    public long Epoch { get; internal set; }

    internal int SampleLength { get; }
}
