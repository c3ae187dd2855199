namespace Gradus.Training;

/// <summary>Where a training gets its batches. The batches of an epoch depend on its number alone, so that a resumed training sees what it would have seen.</summary>
public abstract class BatchSource
{
    /// <summary>The batches of an epoch, at least 1; the last may be smaller.</summary>
    public abstract int Count { get; }

    /// <summary>The batches of one epoch; a warm one allocates nothing for a batch.</summary>
    /// <param name="epoch">The epoch's number from 0, which decides the order.</param>
    /// <param name="startBatch">The first batch to give, from 0 to <see cref="Count"/>; there, none is given.</param>
    public abstract IEnumerable<TrainingBatch> Epoch(long epoch, int startBatch = 0);
}
