namespace Gradus.Training;

/// <summary>Batches of samples that lie in memory as one tensor.</summary>
public sealed class TensorBatches : BatchSource
{
    private readonly Tensor _inputs;
    private readonly IntTensor _labels;
    private readonly int _batchSize, _sampleLength;
    private readonly ulong? _shuffle;
    private readonly TrainingBatch _full, _last;

    /// <summary>Cuts samples into batches.</summary>
    /// <param name="inputs">The samples, <c>[count, ...]</c>.</param>
    /// <param name="labels">One label for each, <c>[count]</c>.</param>
    /// <param name="batchSize">Samples in a batch, at least 1; the last batch may have fewer.</param>
    /// <param name="shuffle">The seed of a new order for each epoch; null keeps the order of the tensor.</param>
    /// <exception cref="ArgumentException">There are no samples, or more or fewer labels than samples.</exception>
    public TensorBatches(Tensor inputs, IntTensor labels, int batchSize, ulong? shuffle = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (inputs.Shape.Rank == 0 || inputs.Count == 0) throw new ArgumentException($"there is nothing to train on in {inputs.Shape}", nameof(inputs));
        int count = inputs.Shape[0];
        if (labels.Shape.Count != count) throw new ArgumentException($"{count} samples need {count} labels; got {labels.Shape.Count}", nameof(labels));
        (_inputs, _labels, _shuffle) = (inputs, labels, shuffle);
        _sampleLength = inputs.Shape[1..].Count;
        _batchSize = Math.Min(batchSize, count);
        Count = (count + _batchSize - 1) / _batchSize;
        _full = Empty(_batchSize);
        _last = count % _batchSize == 0 ? _full : Empty(count % _batchSize);
    }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <inheritdoc/>
    public override IEnumerable<TrainingBatch> Epoch(long epoch, int startBatch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(startBatch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(startBatch, Count);
        return Batches(_shuffle is { } seed ? new RandomSource(seed) { Position = (ulong)epoch }.Permutation(_inputs.Shape[0]) : null, startBatch);
    }

    private IEnumerable<TrainingBatch> Batches(int[]? order, int startBatch)
    {
        for (int index = startBatch; index < Count; index++)
        {
            var batch = index == Count - 1 ? _last : _full;
            Fill(batch, order, index * _batchSize);
            yield return batch;
        }
    }

    private void Fill(TrainingBatch batch, int[]? order, int first)
    {
        for (int row = 0; row < batch.Labels.Span.Length; row++)
        {
            int sample = order is null ? first + row : order[first + row];
            _inputs.Span.Slice(sample * _sampleLength, _sampleLength).CopyTo(batch.Inputs.Span[(row * _sampleLength)..]);
            batch.Labels.Span[row] = _labels.Span[sample];
        }
    }

    private TrainingBatch Empty(int size) => new(Tensor.Zeros(_inputs.Shape.With(0, size)), new IntTensor(new int[size]));
}
