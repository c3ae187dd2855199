using Gradus.Training;

namespace Gradus.Data;

/// <summary>
/// Windows of a text for a language model: the bytes as floats, <c>[batch, length]</c>, and as labels the bytes that follow each of them,
/// <c>[batch, length]</c>.
/// </summary>
/// <remarks>
/// In training the windows begin at another byte in each epoch and come in another order, so that the model sees each byte at every place; both
/// depend on the seed and the epoch alone. A warm batch allocates nothing.
/// </remarks>
public sealed class ByteWindows : BatchSource
{
    private readonly ReadOnlyMemory<byte> _text;
    private readonly int _length, _batchSize, _windows;
    private readonly ulong? _shuffle;
    private readonly TrainingBatch _full, _last;

    /// <summary>Cuts a text into windows.</summary>
    /// <param name="text">The text, longer than a window.</param>
    /// <param name="length">Bytes in a window, at least 1.</param>
    /// <param name="batchSize">Windows in a batch, at least 1; the last batch may have fewer.</param>
    /// <param name="shuffle">The seed of each epoch's order and first byte; null: from the first byte on, in order.</param>
    /// <exception cref="ArgumentException">The text is too short for one window and the byte behind it.</exception>
    public ByteWindows(ReadOnlyMemory<byte> text, int length, int batchSize, ulong? shuffle = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (text.Length <= length) throw new ArgumentException($"a text of {text.Length} bytes has no window of {length} with a byte behind it", nameof(text));
        (_text, _length, _shuffle) = (text, length, shuffle);
        _windows = shuffle is null ? (text.Length - 1) / length : Math.Max(1, (text.Length - length) / length); // shifted by up to a window
        _batchSize = Math.Min(batchSize, _windows);
        Count = (_windows + _batchSize - 1) / _batchSize;
        _full = Empty(_batchSize);
        _last = _windows % _batchSize == 0 ? _full : Empty(_windows % _batchSize);
    }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <summary>Windows in an epoch.</summary>
    public int Windows => _windows;

    /// <inheritdoc/>
    public override IEnumerable<TrainingBatch> Epoch(long epoch, int startBatch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(startBatch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(startBatch, Count);
        var (order, shift) = (new int[_windows], 0);
        for (int i = 0; i < order.Length; i++) order[i] = i;
        if (_shuffle is { } seed)
        {
            var draw = new int[Math.Min(_length, _text.Length - _windows * _length)];
            Permutation.Fill(draw, seed, ~epoch);
            shift = draw[0];
            Permutation.Fill(order, seed, epoch);
        }

        return Batches(order, shift, startBatch);
    }

    private IEnumerable<TrainingBatch> Batches(int[] order, int shift, int startBatch)
    {
        for (int index = startBatch; index < Count; index++)
        {
            var batch = index == Count - 1 ? _last : _full;
            for (int row = 0; row < batch.Samples; row++)
            {
                var window = _text.Span.Slice(shift + order[index * _batchSize + row] * _length, _length + 1);
                for (int t = 0; t < _length; t++) (batch.Inputs.Span[row * _length + t], batch.Labels.Span[row * _length + t]) = (window[t], window[t + 1]);
            }

            yield return batch;
        }
    }

    private TrainingBatch Empty(int rows) => new(Tensor.Zeros([rows, _length]), new IntTensor(new int[rows * _length], [rows, _length]));
}
