namespace Gradus.Training;

/// <summary>Batches of samples that lie in memory as one tensor, or as several.</summary>
public sealed class TensorBatches : BatchSource
{
    private readonly TrainingBatch _all, _full, _last;
    private readonly int _batchSize;
    private readonly ulong? _shuffle;

    /// <summary>Cuts samples and their labels into batches.</summary>
    /// <param name="inputs">The samples, <c>[count, ...]</c>.</param>
    /// <param name="labels">One label for each, <c>[count]</c>, or several, <c>[count, ...]</c>.</param>
    /// <param name="batchSize">Samples in a batch, at least 1; the last batch may have fewer.</param>
    /// <param name="shuffle">The seed of a new order for each epoch; null keeps the order of the tensor.</param>
    /// <exception cref="ArgumentException">There are no samples, or more or fewer labels than samples.</exception>
    public TensorBatches(Tensor inputs, IntTensor labels, int batchSize, ulong? shuffle = null) : this(new TrainingBatch(inputs, labels), batchSize, shuffle) { }

    /// <summary>Cuts samples and the values that a model is to give for them into batches.</summary>
    /// <param name="inputs">The samples, <c>[count, ...]</c>.</param>
    /// <param name="targets">The values of each, <c>[count, ...]</c>.</param>
    /// <param name="batchSize">Samples in a batch, at least 1; the last batch may have fewer.</param>
    /// <param name="shuffle">The seed of a new order for each epoch; null keeps the order of the tensor.</param>
    /// <exception cref="ArgumentException">There are no samples, or more or fewer targets than samples.</exception>
    public TensorBatches(Tensor inputs, Tensor targets, int batchSize, ulong? shuffle = null) : this(new TrainingBatch(inputs, targets), batchSize, shuffle) { }

    /// <summary>Cuts samples that are made of several tensors into batches of the same tensors.</summary>
    /// <param name="all">All samples as one batch; the first axis of every tensor is the samples'.</param>
    /// <param name="batchSize">Samples in a batch, at least 1; the last batch may have fewer.</param>
    /// <param name="shuffle">The seed of a new order for each epoch; null keeps the order of the tensors.</param>
    /// <exception cref="ArgumentException">There are no samples, or the tensors have different numbers of them.</exception>
    public TensorBatches(TrainingBatch all, int batchSize, ulong? shuffle = null)
    {
        ArgumentNullException.ThrowIfNull(all);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        Require(all);
        (_all, _shuffle, _batchSize) = (all, shuffle, Math.Min(batchSize, all.Samples));
        Count = (all.Samples + _batchSize - 1) / _batchSize;
        _full = Empty(_batchSize);
        _last = all.Samples % _batchSize == 0 ? _full : Empty(all.Samples % _batchSize);
    }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <inheritdoc/>
    public override IEnumerable<TrainingBatch> Epoch(long epoch, int startBatch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(startBatch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(startBatch, Count);
        return Batches(_shuffle is { } seed ? new RandomSource(seed) { Position = (ulong)epoch }.Permutation(_all.Samples) : null, startBatch);
    }

    private static void Require(TrainingBatch all)
    {
        foreach (var tensor in all.Tensors) Require(tensor.Shape, "rows");
        foreach (var integers in all.Integers) Require(integers.Shape, "labels");
        if (all.Samples == 0 || (all.Tensors.Length > 0 && all.Inputs.Count == 0)) throw new ArgumentException($"there is nothing to train on in {all.Inputs.Shape}", nameof(all));

        void Require(Shape shape, string what)
        {
            if (shape.Rank == 0) throw new ArgumentException($"there is nothing to train on in {shape}", nameof(all));
            if (shape[0] != all.Samples) throw new ArgumentException($"{all.Samples} samples need {all.Samples} {what}; got {shape[0]}", nameof(all));
        }
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
        for (int row = 0; row < batch.Samples; row++)
        {
            int sample = order is null ? first + row : order[first + row];
            for (int i = 0; i < batch.Tensors.Length; i++) Copy<float>(_all.Tensors[i].Span, batch.Tensors[i].Span, sample, row, batch.Samples);
            for (int i = 0; i < batch.Integers.Length; i++) Copy<int>(_all.Integers[i].Span, batch.Integers[i].Span, sample, row, batch.Samples);
        }
    }

    private static void Copy<T>(ReadOnlySpan<T> all, Span<T> batch, int sample, int row, int rows)
    {
        int length = batch.Length / rows;
        all.Slice(sample * length, length).CopyTo(batch[(row * length)..]);
    }

    private TrainingBatch Empty(int size)
    {
        var (tensors, integers) = (new Tensor[_all.Tensors.Length], new IntTensor[_all.Integers.Length]);
        for (int i = 0; i < tensors.Length; i++) tensors[i] = Tensor.Zeros(_all.Tensors[i].Shape.With(0, size));
        for (int i = 0; i < integers.Length; i++)
        {
            var shape = _all.Integers[i].Shape.With(0, size);
            integers[i] = new IntTensor(new int[shape.Count], shape);
        }

        return new TrainingBatch(tensors, integers);
    }
}
