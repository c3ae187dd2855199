using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Bench.Peers;

/// <summary>Dense, ReLU, dense; mean squared error; gradient descent.</summary>
[Runs("mlp", Side.Peer)]
internal sealed class TorchMlp : TorchTraining
{
    private Tensor _x = null!, _y = null!, _weight1 = null!, _bias1 = null!, _weight2 = null!, _bias2 = null!;

    protected override void Build(Sizes sizes)
    {
        int inputs = sizes["inputs"], hidden = sizes["hidden"], outputs = sizes["outputs"];
        (_x, _y) = (randn(sizes["batch"], inputs), randn(sizes["batch"], outputs));
        (_weight1, _bias1) = (NewParameter(inputs, hidden, inputs), NewParameter(inputs, hidden));
        (_weight2, _bias2) = (NewParameter(hidden, outputs, hidden), NewParameter(hidden, outputs));
    }

    protected override optim.Optimizer Optimize(IEnumerable<TorchSharp.Modules.Parameter> parameters) => optim.SGD(parameters, 0.01);

    protected override Tensor Loss() => mse_loss(linear(linear(_x, _weight1, _bias1).relu_(), _weight2, _bias2), _y);
}
