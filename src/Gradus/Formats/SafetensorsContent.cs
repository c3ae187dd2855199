namespace Gradus.Formats;

/// <summary>What a safetensors file holds.</summary>
/// <param name="Tensors">The float32 tensors by name.</param>
/// <param name="Integers">The int64 tensors by name, in row-major order; PyTorch's counts of batches are such.</param>
/// <param name="Metadata">The header's free text, by name.</param>
public sealed record SafetensorsContent(
    IReadOnlyDictionary<string, Tensor> Tensors,
    IReadOnlyDictionary<string, long[]> Integers,
    IReadOnlyDictionary<string, string> Metadata);
