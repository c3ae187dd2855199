namespace Gradus.Training;

/// <summary>Some samples and their labels. A source may reuse the memory for its next batch.</summary>
/// <param name="Inputs">The samples, <c>[batch, ...]</c>.</param>
/// <param name="Labels">The labels, usually <c>[batch]</c>.</param>
public readonly record struct TrainingBatch(Tensor Inputs, IntTensor Labels);
