using Gradus;
using Gradus.Layers;
using Gradus.Ops;
using Linear = Gradus.Layers.Linear;
using Relu = Gradus.Layers.Relu;

namespace Bench;

/// <summary>Dense, ReLU, dense; mean squared error; gradient descent.</summary>
[Runs("mlp", Side.Gradus)]
internal sealed class GradusMlp : GradusTraining
{
    private Tensor _targets = null!;

    protected override Layer Model(Sizes sizes)
    {
        _targets = Normal([sizes["batch"], sizes["outputs"]]);
        return new Sequential(new Linear(sizes["inputs"], sizes["hidden"]), new Relu(), new Linear(sizes["hidden"], sizes["outputs"]));
    }

    protected override Tensor Inputs(Sizes sizes) => Normal([sizes["batch"], sizes["inputs"]]);

    protected override IntTensor Labels(Sizes sizes) => new();

    protected override Tensor Loss(Tensor logits, IntTensor labels) => logits.MeanSquaredError(_targets);

    protected override Optimizer Optimize(IEnumerable<Parameter> parameters) => new Sgd(parameters, 0.01f);
}
