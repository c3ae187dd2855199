using Gradus.Layers;
using Gradus.Ops;

namespace Gradus.Tests.Layers;

/// <summary>Attention whose queries have fewer features than its memory: the first two of an input, which is also the memory.</summary>
internal sealed class FirstFeaturesAsk(AdditiveAttention attention) : Layer
{
    private readonly AdditiveAttention _attention = attention;

    public override Tensor Forward(Tensor x) => _attention.Forward(x.Slice(2, 0, 2), x);
}
