namespace Gradus.Tests.Optimizers;

public class RegularizationTests
{
    [Theory, InlineData(3), InlineData(37), InlineData(20_000)]
    public void Penalties_add_their_derivatives(int count)
    {
        var w = Parameter.Zeros([count]);
        new RandomSource(1).Normal(w.Span);
        w.Span[1] = w.Span[^1] = 0; // the kink, in a whole vector and in the tail
        var before = w.ToArray();
        w.Gradient = Tensor.Full([count], 0.5f);
        new Sgd([new ParameterGroup([w]) { LearningRate = 0.1f, Penalties = [new L1Penalty(0.3f), new L2Penalty(0.2f)] }]).Step();
        for (int i = 0; i < count; i++) Assert.Equal(before[i] - 0.1 * (0.5 + 0.3 * Math.Sign(before[i]) + 0.2 * before[i]), w.Span[i], 1e-6);
    }

    [Theory, InlineData(3), InlineData(37), InlineData(20_000)]
    public void The_soft_threshold_moves_each_weight_towards_0_after_the_step_and_stops_there(int count)
    {
        var w = Parameter.Zeros([count]);
        new RandomSource(1).Normal(w.Span);
        w.Span[1] = w.Span[^1] = 0.07f; // less than the threshold away from 0 after the step, in a whole vector and in the tail
        var before = w.ToArray();
        w.Gradient = Tensor.Full([count], 0.5f);
        new Sgd([new ParameterGroup([w]) { LearningRate = 0.1f, Penalties = [new SoftThreshold(0.3f)] }]).Step();
        for (int i = 0; i < count; i++)
        {
            double moved = before[i] - 0.1 * 0.5, expected = Math.Sign(moved) * Math.Max(Math.Abs(moved) - 0.1 * 0.3, 0);
            Assert.Equal(expected, w.Span[i], 1e-6);
            if (Math.Abs(moved) < 0.0299) Assert.Equal(0f, w.Span[i]);
        }

        Assert.Equal(0f, w.Span[1]);
        Assert.Equal(0f, w.Span[^1]);
    }

    [Fact]
    public void Soft_thresholds_end_in_the_lassos_solution_where_subgradients_only_hover()
    {
        // 1/2 wHw - bw + |w|/2 with H = [1 0.5; 0.5 1], b = (1, 0.2): the solution is (0.5, 0).
        var proximal = Train(new SoftThreshold(0.5f));
        var subgradient = Train(new L1Penalty(0.5f));
        Assert.Equal(0.5f, proximal[0], 1e-5f);
        Assert.Equal(0f, proximal[1]);
        Assert.NotEqual(0f, subgradient[1]);

        static float[] Train(Penalty penalty)
        {
            var w = Parameter.Ones([2]);
            var optimizer = new Sgd([new ParameterGroup([w]) { LearningRate = 0.01f, Penalties = [penalty] }]);
            for (int step = 0; step < 5000; step++)
            {
                w.Gradient = Tensor.From(w.Span[0] + 0.5f * w.Span[1] - 1, 0.5f * w.Span[0] + w.Span[1] - 0.2f);
                optimizer.Step();
            }

            return w.ToArray();
        }
    }

    [Theory, InlineData(-0.1f), InlineData(float.NaN)]
    public void A_soft_threshold_below_0_is_refused(float strength) => Assert.Throws<ArgumentOutOfRangeException>(() => new SoftThreshold(strength));

    [Fact]
    public void L2_is_the_weight_decay_of_Sgd_and_not_that_of_AdamW()
    {
        Parameter[] w = [.. Enumerable.Range(0, 4).Select(_ => Parameter.Ones([20]))];
        foreach (var parameter in w) parameter.Gradient = Tensor.Full([20], 0.01f);
        new Sgd([w[0]], 0.1f, 0.9f, weightDecay: 0.5f).Step();
        new Sgd([new ParameterGroup([w[1]]) { LearningRate = 0.1f, Penalties = [new L2Penalty(0.5f)] }], 0.9f).Step();
        new AdamW([w[2]], 0.1f, weightDecay: 0.5f).Step();
        new AdamW([new ParameterGroup([w[3]]) { LearningRate = 0.1f, Penalties = [new L2Penalty(0.5f)] }]).Step();
        Assert.Equal(w[0].Span[0], w[1].Span[0], 1e-6f);
        Assert.Equal(1 - 0.1f * 0.5f - 0.1f, w[2].Span[0], 1e-5f);
        Assert.Equal(1 - 0.1f, w[3].Span[0], 1e-5f); // the second moment scales a penalty away
    }

    [Fact]
    public void Max_norm_scales_back_long_units_only_and_leaves_biases()
    {
        Parameter weight = Parameter.Zeros([3000, 2, 2]), bias = Parameter.Ones([3000]), idle = Parameter.Ones([2, 9]);
        for (int unit = 0; unit < 3000; unit++) weight.Span.Slice(unit * 4, 4).Fill(unit % 2 == 0 ? 2 : 0.25f); // norms 4 and 0.5
        (weight.Gradient, bias.Gradient) = (Tensor.Zeros(weight.Shape), Tensor.Zeros(bias.Shape));
        new Sgd([new ParameterGroup([weight, bias, idle]) { Constraints = [new MaxNorm(1)] }]).Step();
        for (int i = 0; i < weight.Count; i++) Assert.Equal(i / 4 % 2 == 0 ? 0.5f : 0.25f, weight.Span[i], 1e-6f);
        Assert.All(bias.ToArray(), value => Assert.Equal(1, value));
        Assert.All(idle.ToArray(), value => Assert.Equal(1, value)); // without a gradient it stays as it is
    }
}
