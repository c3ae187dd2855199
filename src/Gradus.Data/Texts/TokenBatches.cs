using Gradus.Training;

namespace Gradus.Data;

/// <summary>
/// Feeds a <see cref="Trainer"/> from a <see cref="TokenLoader"/>. A batch holds the tokens as floats, <c>[batch, length]</c>; as labels the classes,
/// <c>[batch]</c>, or the tags, <c>[batch, length]</c>, with -1 behind a sentence's end; and as second whole-number tensor the lengths, <c>[batch]</c>.
/// </summary>
/// <remarks>The memory of a batch is used again for the next of its shape, so that a warm batch allocates nothing.</remarks>
/// <param name="loader">Cuts and orders the batches.</param>
public sealed class TokenBatches(TokenLoader loader) : BatchSource
{
    private const int Beyond = -1;

    private readonly Dictionary<(int Rows, int Length), TrainingBatch> _buffers = [];
    private readonly bool _tagged = loader.Dataset is SequenceDataset;

    /// <inheritdoc/>
    public override int Count => loader.BatchesPerEpoch;

    /// <inheritdoc/>
    public override IEnumerable<TrainingBatch> Epoch(long epoch, int startBatch = 0)
    {
        foreach (var (length, sentences) in loader.Batches(epoch, startBatch))
        {
            if (!_buffers.TryGetValue((sentences.Length, length), out var batch)) _buffers.Add((sentences.Length, length), batch = Empty(sentences.Length, length));
            for (int row = 0; row < sentences.Length; row++) Fill(batch, row, sentences[row], length);
            yield return batch;
        }
    }

    private void Fill(TrainingBatch batch, int row, int sentence, int length)
    {
        var numbers = loader.Numbers(sentence);
        var tokens = batch.Inputs.Span.Slice(row * length, length);
        for (int t = 0; t < length; t++) tokens[t] = t < numbers.Length ? numbers[t] : Vocabulary.Padding;
        batch.Integers[1].Span[row] = numbers.Length;
        var targets = loader.Dataset.Targets(sentence);
        int width = _tagged ? length : 1;
        var labels = batch.Labels.Span.Slice(row * width, width);
        labels.Fill(Beyond);
        targets[..Math.Min(targets.Length, _tagged ? numbers.Length : 1)].CopyTo(labels);
    }

    private TrainingBatch Empty(int rows, int length)
    {
        var labels = _tagged ? new IntTensor(new int[rows * length], [rows, length]) : new IntTensor(new int[rows]);
        return new TrainingBatch([Tensor.Zeros([rows, length])], [labels, new IntTensor(new int[rows])]);
    }
}
