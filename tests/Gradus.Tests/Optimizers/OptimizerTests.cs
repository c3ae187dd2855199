using Gradus.Tests.Kernels;

namespace Gradus.Tests.Optimizers;

/// <summary>Every rule against its published formula in double precision, over several steps.</summary>
[Collection(nameof(ThreadCounts))] // counts the bytes that the whole process allocates: nothing may run beside it
public class OptimizerTests
{
    private const int Count = 37; // whole vectors and a tail
    private const int Steps = 6;

    [Theory]
    [InlineData(0, false, 0), InlineData(0.9, false, 0), InlineData(0.9, true, 0), InlineData(0, false, 0.1), InlineData(0.8, true, 0.1)]
    public void Sgd_follows_Sutskever(double momentum, bool nesterov, double decay)
    {
        var w = Values(1);
        Check(w, new Sgd([w], 0.05f, (float)momentum, nesterov, (float)decay), (weight, state, g, _) =>
        {
            g += decay * weight;
            state[0] = momentum * state[0] + g;
            return weight - 0.05 * (nesterov ? g + momentum * state[0] : state[0]);
        });
    }

    [Theory, InlineData(0), InlineData(0.1)]
    public void Adam_follows_Kingma_and_Ba(double decay)
    {
        var w = Values(1);
        Check(w, new Adam([w], 0.01f, 0.8f, 0.95f, 1e-4f, (float)decay), (weight, state, g, step) => Adam(weight, state, g + decay * weight, step));
    }

    [Fact]
    public void AdamW_follows_Loshchilov_and_Hutter()
    {
        var w = Values(1);
        Check(w, new AdamW([w], 0.01f, 0.8f, 0.95f, 1e-4f, 0.3f), (weight, state, g, step) => Adam(weight, state, g, step) - 0.01 * 0.3 * weight);
    }

    [Fact]
    public void Groups_have_their_own_rate_and_decay()
    {
        Parameter a = Values(1), b = Values(1);
        var optimizer = new Sgd([new ParameterGroup([a]) { LearningRate = 0.1f }, new ParameterGroup([b]) { LearningRate = 0.01f, WeightDecay = 1 }]);
        float before = a.Span[3];
        (a.Gradient, b.Gradient) = (Tensor.Full(a.Shape, 2), Tensor.Full(b.Shape, 2));
        optimizer.Step();
        Assert.Equal(before - 0.1f * 2, a.Span[3], 1e-6f);
        Assert.Equal(before - 0.01f * (2 + before), b.Span[3], 1e-6f);
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays()
    {
        var (used, idle) = (Values(1), Values(2));
        var before = idle.ToArray();
        var optimizer = new Adam([used, idle]);
        used.Gradient = Tensor.Ones(used.Shape);
        optimizer.Step();
        Assert.Equal(before, idle.ToArray());
    }

    [Fact]
    public void Clipping_by_value_bounds_each_element()
    {
        var w = Parameter.Zeros([3]);
        w.Gradient = Tensor.From(-5, 0.25f, 5);
        new Sgd([w], 1) { ClipValue = 0.5f }.Step();
        Assert.Equal([0.5f, -0.25f, -0.5f], w.ToArray());
    }

    [Fact]
    public void Clipping_by_norm_scales_all_parameters_together()
    {
        Parameter a = Parameter.Zeros([1]), b = Parameter.Zeros([40_000]); // several pieces
        (a.Gradient, b.Gradient) = (Tensor.Full([1], 3), Tensor.Full([40_000], 0.02f)); // norm √(9 + 16) = 5
        var optimizer = new Sgd([a, b], 1) { ClipNorm = 1 };
        optimizer.Step();
        Assert.Equal(-3f / 5, a.Span[0], 1e-6f);
        Assert.All(b.ToArray(), value => Assert.Equal(-0.02f / 5, value, 1e-7f));
        (a.Gradient, b.Gradient) = (Tensor.Full([1], 0.3f), null);
        optimizer.Step(); // below the norm: untouched
        Assert.Equal(-3f / 5 - 0.3f, a.Span[0], 1e-6f);
    }

    [Fact]
    public void Large_and_small_parameters_are_all_updated_once()
    {
        Parameter[] parameters = [.. new[] { 1, 20_000, 5, 16_384, 7, 16_385, 100 }.Select(count => Parameter.Zeros([count]))];
        foreach (var parameter in parameters) parameter.Gradient = Tensor.Ones(parameter.Shape);
        new Sgd(parameters, 1).Step();
        Assert.All(parameters, parameter => Assert.All(parameter.ToArray(), value => Assert.Equal(-1, value)));
    }

    [Fact]
    public void A_warm_step_allocates_nothing()
    {
        Parameter[] parameters = [Values(1), Parameter.Ones([50_000])];
        var gradients = parameters.Select(parameter => Tensor.Ones(parameter.Shape)).ToArray();
        Optimizer[] optimizers =
        [
            new Sgd(parameters, 0.01f, 0.9f) { ClipNorm = 1, ClipValue = 1 }, new Adam(parameters) { ClipNorm = 1 }, new AdamW(parameters) { ClipValue = 1 },
        ];
        foreach (var optimizer in optimizers) Assert.Equal(0, Allocation.OfWarm(() => Step(optimizer)));

        void Step(Optimizer optimizer)
        {
            optimizer.ZeroGradient();
            for (int i = 0; i < parameters.Length; i++) parameters[i].Gradient = gradients[i];
            optimizer.Step();
        }
    }

    private static double Adam(double weight, double[] state, double g, int step)
    {
        const double Beta1 = 0.8f, Beta2 = 0.95f;
        state[0] = Beta1 * state[0] + (1 - Beta1) * g;
        state[1] = Beta2 * state[1] + (1 - Beta2) * g * g;
        return weight - 0.01 * (state[0] / (1 - Math.Pow(Beta1, step))) / (Math.Sqrt(state[1] / (1 - Math.Pow(Beta2, step))) + 1e-4);
    }

    private static void Check(Parameter w, Optimizer optimizer, Func<double, double[], double, int, double> rule)
    {
        var expected = Array.ConvertAll(w.ToArray(), value => (double)value);
        var states = expected.Select(_ => new double[2]).ToArray();
        for (int step = 1; step <= Steps; step++)
        {
            var gradient = Values((ulong)step + 10);
            w.Gradient = gradient;
            optimizer.Step();
            for (int i = 0; i < Count; i++) expected[i] = rule(expected[i], states[i], gradient.Span[i], step);
        }

        for (int i = 0; i < Count; i++) Assert.Equal(expected[i], w.Span[i], 3e-6);
        Assert.Equal(Steps, optimizer.Steps);
    }

    private static Parameter Values(ulong seed)
    {
        var parameter = Parameter.Zeros([Count]);
        new RandomSource(seed).Normal(parameter.Span);
        return parameter;
    }
}
