using Gradus;
using Gradus.Zoo;

namespace Bench;

/// <summary>A training step of the zoo's resnet-20; cross-entropy, SGD with momentum.</summary>
[Runs("resnet-20", Side.Gradus)]
internal sealed class GradusResNet20 : GradusTraining
{
    protected override Layer Model(Sizes sizes) =>
        Architectures.Get("resnet-20").Build([sizes["channels"], sizes["side"], sizes["side"]], sizes["classes"], new RandomSource(1));

    protected override Tensor Inputs(Sizes sizes) => Normal([sizes["batch"], sizes["channels"], sizes["side"], sizes["side"]]);

    protected override Optimizer Optimize(IEnumerable<Parameter> parameters) => new Sgd(parameters, learningRate: 0.01f, momentum: 0.9f);
}
