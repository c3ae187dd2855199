using Gradus;
using Gradus.Graph;
using Gradus.Kernels;
using Gradus.Zoo;

namespace Bench;

/// <summary>The zoo's resnet-18 as an inference plan, dense layer included, which the peer's network lacks.</summary>
[Runs("resnet-18", Side.Gradus)]
internal sealed class GradusResNet18 : Contender
{
    private InferencePlan _plan = null!;
    private Tensor _pictures = null!;

    public override void Prepare(Sizes sizes, int threads)
    {
        Workers.Threads = threads;
        var random = new RandomSource(1);
        Shape picture = [3, sizes["side"], sizes["side"]];
        var model = Architectures.Get("resnet-18").Build(picture, 1000, random);
        model.Evaluate();
        _plan = InferencePlan.Capture(model);
        _pictures = Tensor.Zeros(Shape.Of([sizes["batch"], .. picture.ToArray()]));
        random.Uniform(_pictures.Span, 0, 1);
    }

    public override void Step()
    {
        float first = _plan.Run(_pictures).Span[0];
        if (_plan.Obstacle is { } obstacle) throw new BenchException($"Gradus runs eagerly: {obstacle}");
        if (!float.IsFinite(first)) throw new BenchException($"Gradus' output became {first}");
    }
}
