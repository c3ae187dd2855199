using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Bench.Peers;

/// <summary>One LSTM layer, a dense layer on its last output, cross-entropy, Adam.</summary>
[Runs("lstm", Side.Peer)]
internal sealed class TorchLstm : TorchTraining
{
    private Tensor _x = null!, _labels = null!, _weight = null!, _bias = null!;
    private LSTM _lstm = null!;

    protected override void Build(Sizes sizes)
    {
        int hidden = sizes["hidden"], classes = sizes["classes"];
        _x = randn(sizes["steps"], sizes["batch"], sizes["features"]); // steps first: libtorch's own order, without a transposition
        _labels = randint(classes, [sizes["batch"]], dtype: ScalarType.Int64);
        _lstm = nn.LSTM(sizes["features"], hidden);
        Own(_lstm);
        (_weight, _bias) = (NewParameter(hidden, classes, hidden), NewParameter(hidden, classes));
    }

    protected override Tensor Loss()
    {
        var (_, last, _) = _lstm.call(_x);                                      // [1, batch, hidden]
        return cross_entropy(linear(last.squeeze(0), _weight, _bias), _labels); // logits [batch, classes]
    }
}
