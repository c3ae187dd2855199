using Gradus;
using Gradus.Graph;
using Gradus.Kernels;

namespace Bench;

/// <summary>A training step of Gradus: captured once, replayed at every <see cref="Step"/>.</summary>
internal abstract class GradusTraining : Contender
{
    private TrainingStep _step = null!;
    private Tensor _inputs = null!;
    private IntTensor _labels = null!;

    public override void Prepare(Sizes sizes, int threads)
    {
        Workers.Threads = threads;
        var model = Model(sizes);
        _inputs = Inputs(sizes);
        _labels = Labels(sizes);
        _step = TrainingStep.Capture(model, Loss, Optimize(model.Parameters));
    }

    public override void Step()
    {
        float loss = _step.Run(_inputs, _labels);
        if (_step.Obstacle is { } obstacle) throw new BenchException($"Gradus runs eagerly: {obstacle}");
        if (!float.IsFinite(loss)) throw new BenchException($"Gradus' loss became {loss}");
    }

    /// <summary>Prints where the time of a step goes.</summary>
    public void PrintProfile(Sizes sizes, int threads)
    {
        Workers.Threads = threads;
        var model = Model(sizes);
        var optimizer = Optimize(model.Parameters);
        Profile.Print(
            (inputs, labels) =>
            {
                optimizer.ZeroGradient();
                var loss = Loss(model.Forward(inputs[0]), labels[0]);
                loss.Backward();
                optimizer.Step();
                return [loss];
            },
            [Inputs(sizes)], [Labels(sizes)]);
    }

    protected abstract Layer Model(Sizes sizes);

    protected abstract Tensor Inputs(Sizes sizes);

    protected virtual IntTensor Labels(Sizes sizes)
    {
        var random = new RandomSource(2);
        return new IntTensor([.. Enumerable.Range(0, sizes["batch"]).Select(_ => random.Next(sizes["classes"]))]);
    }

    protected virtual Tensor Loss(Tensor logits, IntTensor labels) => Gradus.Losses.CrossEntropy.Of(logits, labels);

    protected virtual Optimizer Optimize(IEnumerable<Parameter> parameters) => new Adam(parameters);

    protected static Tensor Normal(Shape shape)
    {
        var tensor = Tensor.Zeros(shape);
        new RandomSource(1).Normal(tensor.Span);
        return tensor;
    }
}
