using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>x · min(max(x + 3, 0), 6) / 6, element by element: SiLU without exponentials.</summary>
/// <remarks>Input and output <c>[...]</c>. No parameters. Howard et al. 2019, https://arxiv.org/abs/1905.02244, section 5.2.</remarks>
public sealed class HardSwish : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.HardSwish();
}
