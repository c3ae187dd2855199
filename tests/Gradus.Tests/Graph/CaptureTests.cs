using Gradus.Graph;
using Gradus.Ops;
using Gradus.Tests.Kernels;

namespace Gradus.Tests.Graph;

[Collection(nameof(ThreadCounts))] // one of them counts the bytes that the whole process allocates: nothing may run beside it
public class CaptureTests
{
    [Fact]
    public void Replay_agrees_with_eager_over_many_steps()
    {
        var (eager, replayed) = (new Network(7), new Network(7));
        var step = TrainingStep.Capture(replayed, (logits, labels) => logits.CrossEntropy(labels), new Sgd(replayed.Parameters, 0.1f, momentum: 0.9f));
        var optimizer = new Sgd(eager.Parameters, 0.1f, momentum: 0.9f);
        for (int i = 0; i < 20; i++)
        {
            var (x, labels) = Batch(i, size: i % 2 == 0 ? 8 : 5);
            float loss = step.Run(x, labels);
            Assert.Null(step.Obstacle);
            optimizer.ZeroGradient();
            var expected = eager.Forward(x).CrossEntropy(labels);
            expected.Backward();
            optimizer.Step();
            Assert.Equal(expected.Item(), loss, 1e-5f);
        }

        foreach (var (a, b) in eager.Parameters.Zip(replayed.Parameters)) Close(a, b);
    }

    [Fact]
    public void A_warm_step_allocates_nothing()
    {
        var network = new Network(1);
        var step = TrainingStep.Capture(network, (logits, labels) => logits.CrossEntropy(labels), new Sgd(network.Parameters, 0.1f, momentum: 0.9f));
        var (x, labels) = Batch(0, 16);
        Assert.Equal(0, Allocation.OfWarm(() => step.Run(x, labels)));
    }

    [Fact]
    public void A_step_that_reads_values_stays_eager_and_says_so()
    {
        var network = new Network(1);
        var step = CapturedStep.Of((inputs, _) => [network.Forward(inputs[0]) * network.Forward(inputs[0]).Span[0]]);
        var outputs = step.Run([Batch(0, 4).X], []);
        Assert.Contains("reads the values", step.Obstacle, StringComparison.Ordinal);
        Assert.Equal(12, outputs[0].Count);
    }

    [Fact]
    public void A_step_that_changes_between_recordings_is_refused()
    {
        int calls = 0;
        var step = CapturedStep.Of((inputs, _) => [calls++ % 2 == 0 ? inputs[0].Relu() : inputs[0].Tanh()]);
        step.Run([Batch(0, 4).X], []);
        Assert.Contains("recorded twice", step.Obstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void Constants_drawn_anew_in_each_recording_are_refused()
    {
        var random = new RandomSource(3);
        var step = CapturedStep.Of((inputs, _) =>
        {
            var noise = Tensor.Zeros(inputs[0].Shape);
            random.Normal(noise.Span);
            return [inputs[0] + noise];
        });
        step.Run([Batch(0, 4).X], []);
        Assert.NotNull(step.Obstacle);
    }

    [Fact]
    public void Tensors_of_a_captured_step_have_no_values_outside_it()
    {
        Tensor? kept = null;
        var step = CapturedStep.Of((inputs, _) => [(kept = inputs[0].Relu()).Tanh()]);
        step.Run([Batch(0, 4).X], []);
        var error = Assert.Throws<InvalidOperationException>(() => kept!.Span[0]);
        Assert.Contains("return it as an output", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_used_twice_gets_the_sum_of_both_gradients()
    {
        var w = new Parameter([3]);
        w.Span.Fill(2);
        var optimizer = new Sgd([w], 1);
        var step = CapturedStep.Of((inputs, _) =>
        {
            optimizer.ZeroGradient();
            var y = w * w;                                       // [3]
            var loss = ((y * y) + y).Linear(Tensor.Ones([1, 3]), null);  // w^4 + w^2
            loss.Backward();
            optimizer.Step();
            return [loss];
        });
        step.Run([Tensor.Ones([1])], []);
        Assert.Null(step.Obstacle);
        Assert.All(w.Gradient!.ToArray(), g => Assert.Equal(4 * 8 + 2 * 2, g));
        Assert.All(w.ToArray(), value => Assert.Equal(2 - 36, value));
    }

    [Fact]
    public void Gradients_accumulate_over_runs_unless_they_are_zeroed()
    {
        var w = new Parameter([1]);
        w.Span[0] = 3;
        var step = CapturedStep.Of((inputs, _) =>
        {
            var loss = w * inputs[0];
            loss.Backward();
            return [loss];
        });
        for (int i = 0; i < 3; i++) step.Run([Tensor.From(2f)], []);
        Assert.Null(step.Obstacle);
        Assert.Equal(6, w.Gradient!.Item());
    }

    [Fact]
    public void Two_optimizers_in_one_step_each_move_their_own_parameters()
    {
        var (a, b) = (new Parameter([1]), new Parameter([1]));
        a.Span[0] = b.Span[0] = 1;
        var (first, second) = (new Sgd([a], 0.5f), new Sgd([b], 0.25f));
        var step = CapturedStep.Of((inputs, _) =>
        {
            first.ZeroGradient();
            (a * b.Detach()).Backward();
            first.Step();                    // a = 1 - 0.5 * 1
            second.ZeroGradient();
            var loss = a * b;
            loss.Backward();                 // reads the new a
            second.Step();                   // b = 1 - 0.25 * 0.5
            return [loss];
        });
        float loss = step.Run([Tensor.Ones([1])], [])[0].Item();
        Assert.Null(step.Obstacle);
        Assert.Equal((0.5f, 0.5f, 0.875f), (loss, a.Span[0], b.Span[0]));
    }

    private static (Tensor X, IntTensor Labels) Batch(int seed, int size)
    {
        var random = new RandomSource((ulong)seed);
        var x = Tensor.Zeros([size, 5]);
        random.Normal(x.Span);
        return (x, new IntTensor([.. Enumerable.Range(0, size).Select(_ => random.Next(3))]));
    }

    private static void Close(Tensor expected, Tensor actual)
    {
        for (int i = 0; i < expected.Count; i++)
            Assert.True(Math.Abs(expected.Span[i] - actual.Span[i]) <= 1e-5f * (1 + Math.Abs(expected.Span[i])), $"{expected.Span[i]} != {actual.Span[i]}");
    }

    private sealed class Network : Layer
    {
        private readonly Parameter _first = new([11, 5]), _firstBias = new([11]), _second = new([3, 11]), _secondBias = new([3]);

        public Network(ulong seed)
        {
            var random = new RandomSource(seed);
            foreach (var parameter in Parameters) random.Normal(parameter.Span, 0, 0.3f);
        }

        public new Parameter[] Parameters => [_first, _firstBias, _second, _secondBias];

        public override Tensor Forward(Tensor x) => x.Linear(_first, _firstBias).Relu().Linear(_second, _secondBias);
    }
}
