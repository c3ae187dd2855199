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

    [Theory, InlineData(0), InlineData(0.1)]
    public void AdaGrad_follows_Duchi(double decay)
    {
        var w = Values(1);
        Check(w, new AdaGrad([w], 0.05f, 1e-3f, (float)decay), (weight, state, g, _) =>
        {
            g += decay * weight;
            state[0] += g * g;
            return weight - 0.05 * g / (Math.Sqrt(state[0]) + 1e-3);
        });
    }

    [Theory]
    [InlineData(0, false, 0), InlineData(0.8, false, 0.1), InlineData(0, true, 0.1), InlineData(0.8, true, 0)]
    public void RmsProp_follows_Hinton_and_Graves(double momentum, bool centred, double decay)
    {
        const double Smoothing = 0.9f;
        var w = Values(1);
        Check(w, new RmsProp([w], 0.01f, (float)Smoothing, 1e-2f, (float)momentum, centred, (float)decay), (weight, state, g, _) =>
        {
            g += decay * weight;
            state[0] = Smoothing * state[0] + (1 - Smoothing) * g * g;
            state[1] = Smoothing * state[1] + (1 - Smoothing) * g;
            double direction = g / (Math.Sqrt(state[0] - (centred ? state[1] * state[1] : 0)) + 1e-2);
            state[2] = momentum * state[2] + direction;
            return weight - 0.01 * state[2];
        });
    }

    [Fact]
    public void Centred_RmsProp_survives_gradients_without_variance()
    {
        var w = Parameter.Zeros([Count]);
        var optimizer = new RmsProp([w], 1e-3f, smoothing: 0.5f, centred: true);
        for (int step = 0; step < 60; step++)
        {
            w.Gradient = Tensor.Full([Count], 0.1f); // v and m² come together to the last bit
            optimizer.Step();
        }

        Assert.All(w.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Theory, InlineData(0), InlineData(0.3)]
    public void Lion_follows_Chen(double decay)
    {
        const double Beta1 = 0.8f, Beta2 = 0.95f;
        var w = Values(1);
        Check(w, new Lion([w], 0.01f, (float)Beta1, (float)Beta2, (float)decay), (weight, state, g, _) =>
        {
            double sign = Math.Sign(Beta1 * state[0] + (1 - Beta1) * g);
            state[0] = Beta2 * state[0] + (1 - Beta2) * g;
            return weight - 0.01 * (sign + decay * weight);
        });
    }

    [Fact]
    public void Lion_rests_at_no_gradient_and_does_not_hide_NaN()
    {
        var w = Parameter.Ones([Count]);
        w.Gradient = Tensor.Zeros([Count]);
        w.Gradient.Span[2] = w.Gradient.Span[Count - 1] = float.NaN; // in a whole vector, and in the tail
        new Lion([w], 0.1f).Step();
        Assert.Equal(Enumerable.Range(0, Count).Select(i => i is 2 or Count - 1 ? float.NaN : 1), w.ToArray());
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
        Parameter[] parameters = [Values(1), Parameter.Ones([50, 1000])];
        var gradients = parameters.Select(parameter => Tensor.Ones(parameter.Shape)).ToArray();
        Optimizer[] optimizers =
        [
            new Sgd(parameters, 0.01f, 0.9f) { ClipNorm = 1, ClipValue = 1 }, new Adam(parameters) { ClipNorm = 1 }, new AdamW(parameters) { ClipValue = 1 },
            new AdaGrad(parameters), new RmsProp(parameters, momentum: 0.9f, centred: true), new Lion(parameters), Regularized(),
        ];
        foreach (var optimizer in optimizers) Assert.Equal(0, Allocation.OfWarm(() => Step(optimizer)));

        Sgd Regularized() => new([new ParameterGroup(parameters) { LearningRate = 0.1f, Penalties = [new L1Penalty(0.1f), new L2Penalty(0.1f), new SoftThreshold(0.1f)], Constraints = [new MaxNorm(1)] }]);

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
        var states = expected.Select(_ => new double[3]).ToArray();
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
