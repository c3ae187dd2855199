using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>What Transformer layers share: two linear layers with an activation between, and their dropout.</summary>
/// <remarks>Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.3.</remarks>
public abstract class TransformerLayer : Layer
{
    private readonly Linear _linear1;
    private readonly Dropout _dropout;
    private readonly Linear _linear2;
    private readonly bool _gelu;

    private protected TransformerLayer(int width, int hidden, float dropout, bool gelu, RandomSource? random)
    {
        Random = random ?? DefaultRandom.Next();
        _linear1 = new Linear(width, hidden, random: Random);
        _dropout = new Dropout(dropout, Random);
        _linear2 = new Linear(hidden, width, random: Random);
        _gelu = gelu;
    }

    private protected RandomSource Random { get; }

    private protected Tensor FeedForward(Tensor x)
    {
        x = _linear1.Forward(x);                    // [batch, time, hidden]
        x = _gelu ? x.Gelu() : x.Relu();
        return _linear2.Forward(_dropout.Forward(x)); // [batch, time, width]
    }
}
