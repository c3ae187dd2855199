namespace Gradus.Data;

/// <summary>The batches of one epoch: what <c>foreach</c> over <see cref="BatchLoader.Epoch"/> walks. Leaving the loop early is fine.</summary>
public struct EpochBatches : IDisposable
{
    private readonly BatchLoader _loader;
    private readonly int _generation;

    internal EpochBatches(BatchLoader loader, int generation)
    {
        (_loader, _generation) = (loader, generation);
        Current = null!;
    }

    /// <summary>The batch of this turn: valid until the next one.</summary>
    public Batch Current { get; private set; }

    /// <summary>Takes the next batch, waiting for it if it is not ready.</summary>
    /// <returns>False after the last batch.</returns>
    /// <exception cref="InvalidOperationException">Another epoch of the same loader has begun.</exception>
    public bool MoveNext()
    {
        if (_loader.Next(_generation) is not { } batch) return false;
        Current = batch;
        return true;
    }

    /// <summary>The same object: it is its own enumerator, so that an epoch allocates nothing.</summary>
    public readonly EpochBatches GetEnumerator() => this;

    /// <summary>Stops the preparing of further batches.</summary>
    public readonly void Dispose() => _loader.Stop(_generation);
}
