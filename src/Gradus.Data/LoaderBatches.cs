using Gradus.Ops;
using Gradus.Training;

namespace Gradus.Data;

/// <summary>Feeds a <see cref="Trainer"/> from a <see cref="BatchLoader"/>: tensors over the loader's own buffers, so that a warm batch allocates and copies nothing.</summary>
/// <param name="loader">Prepares the batches; it serves this source alone.</param>
public sealed class LoaderBatches(BatchLoader loader) : BatchSource
{
    private readonly List<(Batch Batch, TrainingBatch Tensors)> _full = [];
    private TrainingBatch? _last;

    /// <inheritdoc/>
    public override int Count => loader.BatchesPerEpoch;

    /// <inheritdoc/>
    public override IEnumerable<TrainingBatch> Epoch(long epoch, int startBatch = 0)
    {
        foreach (var batch in loader.Epoch(epoch, startBatch)) yield return batch.Count == batch.Labels.Length ? Full(batch) : Last(batch);
    }

    private TrainingBatch Full(Batch batch)
    {
        foreach (var (known, tensors) in _full)
        {
            if (known == batch) return tensors;
        }

        var made = new TrainingBatch(Tensor.Wrap(batch.Inputs, ShapeOf(batch.Count)), loader.MixesLabels
            ? new IntTensor(batch.MixedLabels, [batch.Count, MixedLabel.Length])
            : new IntTensor(batch.Labels, [batch.Count]));
        _full.Add((batch, made)); // once for each buffer of the loader's ring
        return made;
    }

    // A buffer is for a full batch; the smaller last one is copied into tensors of its size.
    private TrainingBatch Last(Batch batch)
    {
        var last = _last ??= new TrainingBatch(Tensor.Zeros(ShapeOf(batch.Count)), loader.MixesLabels
            ? new IntTensor(new int[batch.Count * MixedLabel.Length], [batch.Count, MixedLabel.Length])
            : new IntTensor(new int[batch.Count], [batch.Count]));
        batch.Inputs.AsSpan(0, last.Inputs.Shape.Count).CopyTo(last.Inputs.Span);
        (loader.MixesLabels ? batch.MixedLabels : batch.Labels).AsSpan(0, last.Labels.Shape.Count).CopyTo(last.Labels.Span);
        return last;
    }

    private Shape ShapeOf(int count) => [count, loader.Dataset.Channels, loader.Dataset.Height, loader.Dataset.Width];
}
