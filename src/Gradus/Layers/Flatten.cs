using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>All axes from one on become a single axis; nothing is copied.</summary>
/// <remarks>Input <c>[n, c, h, w]</c>, output <c>[n, c · h · w]</c>. No parameters.</remarks>
/// <param name="firstAxis">The first axis to join; 1 leaves the batch.</param>
public sealed class Flatten(int firstAxis = 1) : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Flatten(firstAxis);
}
