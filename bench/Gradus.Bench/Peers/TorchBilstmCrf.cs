using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Bench.Peers;

/// <summary>
/// An LSTM in both directions, emissions, the likelihood of a linear-chain random field, Adam. libtorch has no random field: its forward
/// recursion is written as is usual, one logsumexp over all pairs of tags for each step, and automatic differentiation does the rest.
/// </summary>
[Runs("bilstm-crf", Side.Peer)]
internal sealed class TorchBilstmCrf : TorchTraining
{
    private Tensor _x = null!, _tags = null!, _pairs = null!, _weight = null!, _bias = null!, _transitions = null!, _start = null!, _end = null!;
    private LSTM _lstm = null!;

    protected override void Build(Sizes sizes)
    {
        int steps = sizes["steps"], batch = sizes["batch"], tags = sizes["tags"], hidden = sizes["hidden"];
        _x = randn(steps, batch, sizes["features"]); // steps first: libtorch's own order, without a transposition
        _tags = randint(tags, [steps, batch], dtype: ScalarType.Int64);
        _pairs = _tags.narrow(0, 0, steps - 1) * tags + _tags.narrow(0, 1, steps - 1); // places in the flat transitions
        _lstm = nn.LSTM(sizes["features"], hidden, bidirectional: true);
        Own(_lstm);
        (_weight, _bias) = (NewParameter(2 * hidden, tags, 2 * hidden), NewParameter(2 * hidden, tags));
        (_transitions, _start, _end) = (NewParameter(100, tags, tags), NewParameter(100, tags), NewParameter(100, tags));
    }

    protected override Tensor Loss()
    {
        var (sequence, _, _) = _lstm.call(_x);                                  // [steps, batch, 2 hidden]
        var emissions = linear(sequence, _weight, _bias);                       // [steps, batch, tags]
        var each = emissions.unbind(0);
        var alpha = _start + each[0];                                           // [batch, tags]
        for (int t = 1; t < each.Length; t++)
            alpha = logsumexp(alpha.unsqueeze(2) + _transitions, 1) + each[t];  // [batch, from, to] to [batch, to]
        var score = emissions.gather(2, _tags.unsqueeze(2)).sum() + _transitions.view(-1).index_select(0, _pairs.view(-1)).sum()
            + _start.index_select(0, _tags[0]).sum() + _end.index_select(0, _tags[-1]).sum();
        return (logsumexp(alpha + _end, 1).sum() - score) / _tags.shape[1];
    }
}
