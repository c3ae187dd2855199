namespace Gradus.Training;

/// <summary>
/// Some samples and what belongs to them: float tensors (the inputs first, then targets, a teacher's logits, ...) and whole-number tensors
/// (the labels first, then lengths, ...). A source may reuse the memory for its next batch.
/// </summary>
public sealed class TrainingBatch
{
    private readonly Tensor[] _tensors;
    private readonly IntTensor[] _integers;

    /// <summary>A batch of tensors.</summary>
    /// <param name="tensors">The inputs first, <c>[batch, ...]</c>; the array is kept.</param>
    /// <param name="integers">The labels first, <c>[batch, ...]</c>; the array is kept.</param>
    /// <exception cref="ArgumentException">There is no tensor at all.</exception>
    public TrainingBatch(Tensor[] tensors, IntTensor[] integers)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(integers);
        if (tensors.Length + integers.Length == 0) throw new ArgumentException("a batch holds at least one tensor", nameof(tensors));
        (_tensors, _integers) = (tensors, integers);
    }

    /// <summary>Samples and their labels.</summary>
    /// <param name="inputs">The samples, <c>[batch, ...]</c>.</param>
    /// <param name="labels">The labels, usually <c>[batch]</c>.</param>
    public TrainingBatch(Tensor inputs, IntTensor labels) : this([inputs], [labels]) { }

    /// <summary>Samples and the values that the model is to give for them.</summary>
    /// <param name="inputs">The samples, <c>[batch, ...]</c>.</param>
    /// <param name="targets">The values, <c>[batch, ...]</c>.</param>
    public TrainingBatch(Tensor inputs, Tensor targets) : this([inputs, targets], []) { }

    /// <summary>The float tensors, the inputs first.</summary>
    public ReadOnlySpan<Tensor> Tensors => _tensors;

    /// <summary>The whole-number tensors, the labels first.</summary>
    public ReadOnlySpan<IntTensor> Integers => _integers;

    /// <summary>The first float tensor, <c>[batch, ...]</c>.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public Tensor Inputs => _tensors.Length > 0 ? _tensors[0] : throw Missing("inputs: it has no float tensor");

    /// <summary>The second float tensor, <c>[batch, ...]</c>: what a regression is to give.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public Tensor Targets => _tensors.Length > 1 ? _tensors[1] : throw Missing("targets: it has no second float tensor");

    /// <summary>The first whole-number tensor, <c>[batch, ...]</c>.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public IntTensor Labels => _integers.Length > 0 ? _integers[0] : throw Missing("labels: it has no whole-number tensor");

    /// <summary>How many samples there are: the size of the first tensor's first axis.</summary>
    public int Samples
    {
        get
        {
            var shape = _tensors.Length > 0 ? _tensors[0].Shape : _integers[0].Shape;
            return shape.Rank == 0 ? 1 : shape[0];
        }
    }

    private static InvalidOperationException Missing(string what) => new($"the batch holds no {what}; the source of the batches and the objective do not fit together");
}
