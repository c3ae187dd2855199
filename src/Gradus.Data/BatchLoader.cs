using System.Runtime.ExceptionServices;
using Gradus.Ops;

namespace Gradus.Data;

/// <summary>
/// Cuts a set into batches and prepares them ahead of the training on a thread of the pool, into a small ring of reused
/// buffers: once warm it allocates nothing, and there is nothing to dispose.
/// </summary>
/// <remarks>
/// The order depends on the seed and the epoch alone, so that a training resumed at (epoch, batch) sees what it would have seen.
/// One epoch runs at a time; a loader serves one consumer.
/// </remarks>
public sealed class BatchLoader : IThreadPoolWorkItem
{
    private const int Ring = 3; // one in the trainer's hands, one ready, one being filled

    private readonly object _gate = new();
    private readonly Batch[] _ring;
    private readonly int[] _order;
    private readonly int[] _partners = [];
    private readonly float[] _shares = [];
    private long _epoch;
    private int _generation, _shown, _ready, _end;
    private bool _filling, _queued;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Makes a loader and its buffers: three batches of floats.</summary>
    /// <param name="dataset">Where the samples come from.</param>
    /// <param name="batchSize">Samples in a batch; at least 1.</param>
    /// <param name="shuffle">A new order each epoch; else the set's own order.</param>
    /// <param name="seed">With the epoch it decides the order.</param>
    /// <param name="dropLast">Leaves out the last batch of an epoch if it is not full.</param>
    /// <param name="normalization">Applied to each sample; null leaves the values 0 ... 1.</param>
    /// <param name="augmentation">Changes each sample before it is normalised, anew in every epoch; null: none.</param>
    /// <exception cref="ArgumentException">The batch size is below 1 or no batch would be left, or the channels do not match.</exception>
    public BatchLoader(Dataset dataset, int batchSize, bool shuffle = true, ulong seed = 0, bool dropLast = false,
        Normalization? normalization = null, AugmentationPipeline? augmentation = null)
    {
        if (batchSize < 1) throw new ArgumentOutOfRangeException(nameof(batchSize), batchSize, "A batch has at least 1 sample.");
        if (dropLast && dataset.Count < batchSize)
            throw new ArgumentException(
                $"{dataset.Name} has {dataset.Count} samples, less than one batch of {batchSize}: dropLast leaves nothing. Use a smaller batch.", nameof(batchSize));
        if (normalization is not null && normalization.Mean.Length != dataset.Channels)
            throw new ArgumentException(
                $"The normalisation has {normalization.Mean.Length} channels; {dataset.Name} has {dataset.Channels}.", nameof(normalization));
        int buffer = Math.Min(batchSize, dataset.Count);
        if ((long)buffer * dataset.SampleLength > Array.MaxLength)
            throw new ArgumentOutOfRangeException(
                nameof(batchSize), batchSize, $"A batch of {buffer} samples of {dataset.SampleLength} values does not fit into one array. Use a smaller batch.");

        (Dataset, BatchSize, Shuffle, Seed, Normalization, Augmentation) = (dataset, batchSize, shuffle, seed, normalization, augmentation);
        BatchesPerEpoch = dropLast ? dataset.Count / batchSize : (int)(((long)dataset.Count + batchSize - 1) / batchSize);
        _order = [.. Enumerable.Range(0, dataset.Count)];
        _ring = [.. Enumerable.Range(0, Ring).Select(_ => new Batch(buffer, dataset.SampleLength, MixesLabels))];
        if (MixesLabels) (_partners, _shares) = (new int[buffer], new float[buffer]);
    }

    /// <summary>Where the samples come from.</summary>
    public Dataset Dataset { get; }

    /// <summary>Samples in a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Whether each epoch has its own order.</summary>
    public bool Shuffle { get; }

    /// <summary>With the epoch it decides the order.</summary>
    public ulong Seed { get; }

    /// <summary>What is applied to each sample, if anything.</summary>
    public Normalization? Normalization { get; }

    /// <summary>What changes each sample, if anything.</summary>
    public AugmentationPipeline? Augmentation { get; }

    /// <summary>Whether <see cref="Batch.MixedLabels"/> are the labels.</summary>
    public bool MixesLabels => Augmentation is { MixesLabels: true };

    /// <summary>The number of batches in an epoch that starts at batch 0.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>The batches of one epoch, for <c>foreach</c>; those of an earlier call end here.</summary>
    /// <param name="epoch">Decides the order, with the seed.</param>
    /// <param name="startBatch">The first batch to give, from 0: a resumed training goes on in the middle of an epoch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The epoch has no such batch.</exception>
    public EpochBatches Epoch(long epoch, int startBatch = 0)
    {
        if (startBatch < 0 || startBatch > BatchesPerEpoch)
            throw new ArgumentOutOfRangeException(
                nameof(startBatch), startBatch, $"An epoch of {Dataset.Name} in batches of {BatchSize} has batches 0 ... {BatchesPerEpoch - 1}.");
        lock (_gate)
        {
            while (_filling) Monitor.Wait(_gate);
            _generation++;
            _failure = null;
            if (Shuffle) Permutation.Fill(_order, Seed, epoch);
            _epoch = epoch;
            (_shown, _ready, _end) = (startBatch - 1, startBatch, BatchesPerEpoch);
            QueueFilling();
            return new EpochBatches(this, _generation);
        }
    }

    internal Batch? Next(int generation)
    {
        lock (_gate)
        {
            if (generation != _generation)
                throw new InvalidOperationException(
                    "Another epoch of this loader has begun. Use one loader for each loop that runs at the same time.");
            if (_shown + 1 >= _end) return null;
            _shown++; // frees the buffer of the batch before
            QueueFilling();
            while (_ready <= _shown)
            {
                _failure?.Throw();
                // When the pool is busy elsewhere the consumer prepares its batch itself: it never waits for a thread to come free.
                if (TryClaim()) FillClaimed();
                else Monitor.Wait(_gate);
            }

            return _ring[_shown % Ring];
        }
    }

    internal void Stop(int generation)
    {
        lock (_gate)
        {
            if (generation == _generation) _end = Math.Min(_end, _shown + 1);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        lock (_gate)
        {
            while (TryClaim()) FillClaimed();
            _queued = false;
        }
    }

    private void QueueFilling()
    {
        if (_queued || _ready >= Limit) return;
        _queued = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private int Limit => Math.Min(_end, Math.Max(_shown, 0) + Ring);

    private bool TryClaim() => !_filling && _failure is null && _ready < Limit && (_filling = true);

    // Called inside the gate, which it leaves while it works.
    private void FillClaimed()
    {
        int index = _ready;
        ExceptionDispatchInfo? failure = null;
        Monitor.Exit(_gate);
        try
        {
            Fill(_ring[index % Ring], index);
        }
        catch (Exception exception)
        {
            failure = ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            Monitor.Enter(_gate);
        }

        _failure = failure;
        if (failure is null) _ready++;
        _filling = false;
        Monitor.PulseAll(_gate);
    }

    private void Fill(Batch batch, int index)
    {
        int first = index * BatchSize;
        int count = Math.Min(BatchSize, _order.Length - first);
        for (int i = 0; i < count; i++)
        {
            int sample = _order[first + i];
            var destination = batch.Inputs.AsSpan(i * batch.SampleLength, batch.SampleLength);
            Dataset.Read(sample, destination);
            Augmentation?.Apply(destination, Shape, _epoch, sample);
            batch.Labels[i] = Dataset.Label(sample);
        }

        var inputs = batch.Inputs.AsSpan(0, count * batch.SampleLength);
        if (MixesLabels) Mix(batch, inputs, _order.AsSpan(first, count));
        if (Normalization is not null)
        {
            for (int i = 0; i < count; i++) Normalization.Apply(inputs.Slice(i * batch.SampleLength, batch.SampleLength));
        }

        (batch.Count, batch.Index, batch.Epoch) = (count, index, _epoch);
    }

    private PictureShape Shape => new(Dataset.Channels, Dataset.Height, Dataset.Width);

    private void Mix(Batch batch, Span<float> inputs, ReadOnlySpan<int> samples)
    {
        Augmentation!.Mix(inputs, Shape, _epoch, samples, _partners.AsSpan(0, samples.Length), _shares.AsSpan(0, samples.Length));
        for (int i = 0; i < samples.Length; i++) MixedLabel.Write(batch.MixedLabels, i, batch.Labels[i], batch.Labels[_partners[i]], _shares[i]);
    }
}
