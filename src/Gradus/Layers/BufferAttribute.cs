namespace Gradus.Layers;

/// <summary>Marks a tensor that belongs to a layer's saved state but is not trained, such as a running mean.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class BufferAttribute : Attribute;
