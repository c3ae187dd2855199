using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Bench.Peers;

/// <summary>A linear layer, positions, dropout, two of libtorch's own encoder layers with dropout, the mean over time, a linear layer; cross-entropy, Adam.</summary>
[Runs("transformer-encoder", Side.Peer)]
internal sealed class TorchTransformerEncoder : TorchTraining
{
    private const int Width = 128, Heads = 4, Hidden = 512, Layers = 2;
    private const double Rate = 0.1;

    private Tensor _x = null!, _labels = null!, _positions = null!, _embed = null!, _embedBias = null!, _weight = null!, _bias = null!;
    private TransformerEncoderLayer[] _layers = null!;

    protected override void Build(Sizes sizes)
    {
        int features = sizes["features"], classes = sizes["classes"];
        _x = randn(sizes["steps"], sizes["batch"], features); // steps first: the only order that the layer knows
        _labels = randint(classes, [sizes["batch"]], dtype: ScalarType.Int64);
        _positions = randn(sizes["steps"], 1, Width);         // as many additions as with sines and cosines
        (_embed, _embedBias) = (NewParameter(features, Width, features), NewParameter(features, Width));
        _layers = [.. Enumerable.Range(0, Layers).Select(_ => nn.TransformerEncoderLayer(Width, Heads, Hidden, Rate))];
        foreach (var layer in _layers) Own(layer);
        (_weight, _bias) = (NewParameter(Width, classes, Width), NewParameter(Width, classes));
    }

    protected override Tensor Loss()
    {
        var x = dropout(linear(_x, _embed, _embedBias) + _positions, Rate);    // [steps, n, 128]
        foreach (var layer in _layers) x = layer.call(x, null, null);
        return cross_entropy(linear(x.mean([0]), _weight, _bias), _labels);
    }
}
