using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Bench.Peers;

/// <summary>
/// Patches of 4, a class token, positions, six of libtorch's own encoder layers without dropout, a norm, a linear layer; cross-entropy, Adam.
/// </summary>
/// <remarks>TorchSharp's layer normalises after each sum, a vision transformer before each part: other places, the same work.</remarks>
[Runs("vit-tiny", Side.Peer)]
internal sealed class TorchVitTiny : TorchTraining
{
    private const int Patch = 4, Width = 192, Heads = 3, Hidden = 768, Layers = 6;

    private Tensor _x = null!, _labels = null!, _kernel = null!, _kernelBias = null!, _token = null!, _positions = null!;
    private Tensor _gain = null!, _shift = null!, _weight = null!, _bias = null!;
    private TransformerEncoderLayer[] _layers = null!;

    protected override void Build(Sizes sizes)
    {
        int channels = sizes["channels"], classes = sizes["classes"], patches = sizes["side"] / Patch * (sizes["side"] / Patch);
        _x = randn(sizes["batch"], channels, sizes["side"], sizes["side"]);
        _labels = randint(classes, [sizes["batch"]], dtype: ScalarType.Int64);
        int inputs = channels * Patch * Patch;
        (_kernel, _kernelBias) = (NewParameter(inputs, Width, channels, Patch, Patch), NewParameter(inputs, Width));
        (_token, _positions) = (NewParameter(Width, 1, 1, Width), NewParameter(Width, patches + 1, 1, Width));
        _layers = [.. Enumerable.Range(0, Layers).Select(_ => nn.TransformerEncoderLayer(Width, Heads, Hidden, 0, nn.Activations.GELU))];
        foreach (var layer in _layers) Own(layer);
        (_gain, _shift) = (NewParameter(Width, Width), NewParameter(Width, Width));
        (_weight, _bias) = (NewParameter(Width, classes, Width), NewParameter(Width, classes));
    }

    protected override Tensor Loss()
    {
        var x = conv2d(_x, _kernel, _kernelBias, [Patch, Patch]).flatten(2).permute(2, 0, 1); // [64, n, 192]
        x = cat([_token.expand(1, x.shape[1], Width), x]) + _positions;                        // [65, n, 192]
        foreach (var layer in _layers) x = layer.call(x, null, null);
        var token = layer_norm(x[0], [Width], _gain, _shift, 1e-6);                            // [n, 192]
        return cross_entropy(linear(token, _weight, _bias), _labels);
    }
}
