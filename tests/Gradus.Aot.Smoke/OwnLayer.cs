using Gradus.Layers;
using Gradus.Ops;

namespace Gradus.Aot.Smoke;

/// <summary>A layer as a user writes one, outside the engine: fields, an automatic property, a list of layers.</summary>
internal sealed class OwnLayer(RandomSource random) : Layer
{
    private readonly Layer[] _blocks = [new Linear(6, 8, random: random), new Relu(), new Linear(8, 3, random: random)];
    private readonly Dropout _dropout = new(0.1f, new RandomSource(9));

    public Parameter Scale { get; } = Parameter.Ones([3]);

    public override Tensor Forward(Tensor x)                // [n, 6]
    {
        foreach (var block in _blocks) x = block.Forward(x);
        return _dropout.Forward(x) * Scale;                 // [n, 3]
    }
}
