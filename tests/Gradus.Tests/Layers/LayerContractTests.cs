using Gradus.Graph;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Tests.Layers;

public class LayerContractTests
{
    [Fact]
    public void Every_layer_of_the_engine_has_a_case()
    {
        var layers = typeof(Layer).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract);
        var covered = LayerCase.All.SelectMany(layer => Tree(layer.Make(new RandomSource(1)))).Select(layer => layer.GetType()).ToHashSet();
        Assert.Empty(layers.Where(type => !covered.Contains(type)).Select(type => $"{type.Name} needs a line in LayerCase.All"));
    }

    [Theory, MemberData(nameof(LayerCase.Names), MemberType = typeof(LayerCase))]
    public void The_output_has_the_promised_shape(string name)
    {
        var layer = LayerCase.Get(name);
        Assert.Equal(layer.Output, layer.Make(new RandomSource(1)).Forward(layer.Values(2)).Shape);
    }

    [Theory, MemberData(nameof(LayerCase.Names), MemberType = typeof(LayerCase))]
    public void Gradients_agree_with_central_differences(string name)
    {
        var (layer, x, weights) = Prepare(name);
        x.RequiresGradient = LayerCase.Get(name).Tokens is null;
        (Forward(layer, x) * weights).Sum().Backward();
        var tensors = layer.NamedParameters().Select(named => (named.Name, (Tensor)named.Parameter));
        foreach (var (tensorName, tensor) in x.RequiresGradient ? tensors.Append(("input", x)) : tensors)
        {
            var gradient = tensor.Gradient!.ToArray();
            for (int i = 0; i < tensor.Count; i++)
            {
                const float Step = 1e-2f; // float32: smaller steps lose digits, larger ones meet curvature and kinks
                float value = tensor.Span[i];
                tensor.Span[i] = value + Step;
                double above = Weighted(layer, x, weights);
                tensor.Span[i] = value - Step;
                double below = Weighted(layer, x, weights);
                tensor.Span[i] = value;
                double expected = (above - below) / (2 * Step);
                Assert.True(Math.Abs(gradient[i] - expected) <= 3e-3 * (1 + Math.Abs(expected)), $"{tensorName}[{i}]: {gradient[i]} against {expected}");
            }
        }
    }

    [Theory, MemberData(nameof(LayerCase.Names), MemberType = typeof(LayerCase))]
    public void What_is_saved_is_what_another_layer_loads(string name)
    {
        using var folder = new TemporaryFolder();
        var test = LayerCase.Get(name);
        Layer saved = test.Make(new RandomSource(1)), loaded = test.Make(new RandomSource(2));
        var x = test.Values(3);
        _ = saved.Forward(x); // moves running statistics
        saved.Save(folder["layer.safetensors"]);
        loaded.Load(folder["layer.safetensors"]);
        Assert.Equal(saved.State().Select(named => named.Name), loaded.State().Select(named => named.Name));
        saved.Evaluate();
        loaded.Evaluate();
        Assert.Equal(saved.Forward(x).ToArray(), loaded.Forward(x).ToArray());
    }

    [Theory, MemberData(nameof(LayerCase.Names), MemberType = typeof(LayerCase))]
    public void Evaluation_is_deterministic_changes_nothing_and_treats_each_sample_alone(string name)
    {
        var (layer, x, _) = Prepare(name);
        _ = Forward(layer, x);
        layer.Evaluate();
        Assert.All(Tree(layer), child => Assert.False(child.Training));
        var before = layer.State().SelectMany(named => named.Tensor.ToArray()).ToArray();
        var all = layer.Forward(x).ToArray();
        Assert.Equal(all, layer.Forward(x).ToArray());
        Assert.Equal(before, layer.State().SelectMany(named => named.Tensor.ToArray()));
        var first = layer.Forward(Tensor.From(x.Span[..(x.Count / x.Shape[0])], x.Shape.With(0, 1))).ToArray();
        for (int i = 0; i < first.Length; i++) Assert.Equal(all[i], first[i], 1e-5f);
        layer.Train();
        Assert.All(Tree(layer), child => Assert.True(child.Training));
    }

    [Theory, MemberData(nameof(LayerCase.Names), MemberType = typeof(LayerCase))]
    public void A_captured_training_step_equals_the_eager_one(string name)
    {
        var test = LayerCase.Get(name);
        var (captured, eager) = (Network(test), Network(test));
        var (capturedOptimizer, eagerOptimizer) = (new Sgd(captured.Parameters, 0.05f, momentum: 0.9f), new Sgd(eager.Parameters, 0.05f, momentum: 0.9f));
        var step = TrainingStep.Capture(captured, CrossEntropy.Of, capturedOptimizer);
        var labels = new IntTensor([.. Enumerable.Range(0, test.Input[0]).Select(row => row % 3)]);
        for (ulong batch = 0; batch < 4; batch++)
        {
            var x = test.Values(batch);
            eagerOptimizer.ZeroGradient();
            var loss = CrossEntropy.Of(eager.Forward(x), labels);
            loss.Backward();
            eagerOptimizer.Step();
            Close([loss.Item()], [step.Run(x, labels)], "loss");
        }

        foreach (var (expected, actual) in eager.State().Zip(captured.State())) Close(expected.Tensor.ToArray(), actual.Tensor.ToArray(), expected.Name);
    }

    private static void Close(float[] expected, float[] actual, string name)
    {
        double scale = Math.Max(1e-3, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-5 * scale, $"{name}[{i}]: {actual[i]} against {expected[i]}");
    }

    private static Sequential Network(LayerCase test)
    {
        var random = new RandomSource(5);
        return new Sequential(test.Make(random), new Flatten(), new Linear(test.Output[1..].Count, 3, random: random));
    }

    private static (Layer Layer, Tensor Input, Tensor Weights) Prepare(string name)
    {
        var test = LayerCase.Get(name);
        var weights = Tensor.Zeros(test.Output);
        new RandomSource(7).Uniform(weights.Span, -1, 1);
        return (test.Make(new RandomSource(1)), test.Values(2), weights);
    }

    // the same random numbers at every call
    private static Tensor Forward(Layer layer, Tensor x)
    {
        foreach (var source in layer.RandomSources()) source.Position = 100;
        return layer.Forward(x);
    }

    private static double Weighted(Layer layer, Tensor x, Tensor weights)
    {
        using (GradientMode.Off())
        {
            var output = Forward(layer, x);
            double sum = 0;
            for (int i = 0; i < output.Count; i++) sum += (double)output.Span[i] * weights.Span[i];
            return sum;
        }
    }

    private static IEnumerable<Layer> Tree(Layer layer) => layer.Children.SelectMany(Tree).Prepend(layer);
}
