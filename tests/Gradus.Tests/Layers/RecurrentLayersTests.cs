using Gradus.Graph;
using Gradus.Kernels;
using Gradus.Layers;
using Gradus.Ops;
using Gradus.Tests.Kernels;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Tests.Layers;

[Collection(nameof(ThreadCounts))]
public class RecurrentLayersTests
{
    private const int Batch = 4, Time = 5, Inputs = 3, Hidden = 4;

    [Theory]
    [InlineData("lstm", 1, false, true), InlineData("lstm", 1, true, true), InlineData("lstm", 2, true, true), InlineData("lstm", 3, false, false)]
    [InlineData("gru", 1, false, true), InlineData("gru", 1, true, true), InlineData("gru", 2, true, true), InlineData("gru", 3, false, false)]
    [InlineData("tanh", 2, true, true), InlineData("relu", 2, true, true), InlineData("relu", 1, false, false)]
    public void Outputs_and_all_gradients_agree_with_the_definition(string name, int layers, bool bidirectional, bool variable)
    {
        int[] lengths = variable ? [5, 2, 0, 3] : [5, 5, 5, 5];
        var cell = Enum.Parse<RecurrentCell>(name, ignoreCase: true);
        var layer = Make(cell, layers, bidirectional, new RandomSource(3));
        Shape states = [layers * (bidirectional ? 2 : 1), Batch, Hidden];
        Tensor x = Random([Batch, Time, Inputs], 1), h = Random(states, 2), c = Random(states, 3);
        foreach (var tensor in new[] { x, h, c }) tensor.RequiresGradient = true;
        var outputs = Run(layer, x, variable ? new IntTensor(lengths) : null, h, c);
        var weights = outputs.Select((output, place) => Random(output.Shape, (ulong)(10 + place))).ToArray();
        outputs.Zip(weights, (output, weight) => (output * weight).Sum()).Aggregate((total, part) => total + part).Backward();

        var definition = new RecurrentDefinition(cell, layers, bidirectional, Hidden, lengths);
        (string Name, Tensor Tensor)[] named = [.. layer.NamedParameters().Select(one => (one.Name, (Tensor)one.Parameter)), ("x", x), ("h", h), ("c", c)];
        foreach (var (key, tensor) in named) definition.Values[key] = Array.ConvertAll(tensor.ToArray(), value => (double)value);
        var expected = Expected();
        for (int i = 0; i < outputs.Length; i++) Close(expected[i], outputs[i].ToArray(), $"output {i}");

        foreach (var (key, tensor) in named.Where(one => one.Name != "c" || cell == RecurrentCell.Lstm))
        {
            var values = definition.Values[key];
            var gradient = new double[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                const double Step = 1e-5; // in double precision: error about 1e-10
                double value = values[i];
                values[i] = value + Step;
                double above = Loss();
                values[i] = value - Step;
                gradient[i] = (above - Loss()) / (2 * Step);
                values[i] = value;
            }

            Close(gradient, tensor.Gradient!.ToArray(), key);
        }

        double[][] Expected()
        {
            var (sequence, hidden, finalCell) = definition.Compute(Time, Inputs);
            return [sequence, hidden, finalCell];
        }

        double Loss() => Expected().Zip(weights, (output, weight) => output.Select((value, i) => value * weight.Span[i]).Sum()).Sum();
    }

    [Fact]
    public void Names_and_their_order_are_those_of_PyTorch()
    {
        Assert.Equal(
            [
                "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_ih_l0_reverse", "weight_hh_l0_reverse", "bias_ih_l0_reverse", "bias_hh_l0_reverse",
                "weight_ih_l1", "weight_hh_l1", "bias_ih_l1", "bias_hh_l1", "weight_ih_l1_reverse", "weight_hh_l1_reverse", "bias_ih_l1_reverse", "bias_hh_l1_reverse",
            ],
            new Lstm(3, 4, layers: 2, bidirectional: true).NamedParameters().Select(named => named.Name));
        Assert.Equal(["0.weight_ih_l0", "0.weight_hh_l0", "1.weight", "1.bias"], new Sequential(new Gru(3, 4, bias: false), new Linear(4, 2)).NamedParameters().Select(named => named.Name));
    }

    [Fact]
    public void Parameters_start_uniform_within_the_root_of_the_hidden_units()
    {
        var values = new Lstm(20, 25).Parameters.SelectMany(parameter => parameter.ToArray()).ToArray();
        Assert.All(values, value => Assert.InRange(value, -0.2f, 0.2f));
        Assert.InRange(values.Select(value => value * value).Average(), 0.2f * 0.2f / 3 * 0.95f, 0.2f * 0.2f / 3 * 1.05f);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void The_last_state_is_that_of_the_last_valid_step(bool bidirectional)
    {
        int[] lengths = [5, 2, 1, 3];
        var layer = new Gru(Inputs, Hidden, layers: 2, bidirectional, random: new RandomSource(4));
        var x = Random([Batch, Time, Inputs], 5);
        var (sequence, last) = (layer.Forward(x, new IntTensor(lengths)), layer.Last(x, new IntTensor(lengths)));
        Assert.Equal([Batch, layer.Features], last.Shape);
        for (int i = 0; i < Batch; i++)
        {
            for (int j = 0; j < layer.Features; j++)
            {
                int step = j < Hidden ? lengths[i] - 1 : 0; // the backward direction ends at the first step
                Assert.Equal(sequence.Span[(i * Time + step) * layer.Features + j], last.Span[i * layer.Features + j]);
            }
        }
    }

    [Theory]
    [InlineData("lstm", 2, true), InlineData("gru", 2, true), InlineData("tanh", 1, false), InlineData("relu", 1, false)]
    public void Replay_gives_the_bits_of_eager_training_whatever_the_lengths(string name, int layers, bool bidirectional)
    {
        var cell = Enum.Parse<RecurrentCell>(name, ignoreCase: true);
        var (eager, replayed) = (Training(cell, layers, bidirectional), Training(cell, layers, bidirectional));
        var step = CapturedStep.Of((inputs, integers) => [replayed.Step(inputs[0], integers[0], integers[1])]);
        for (int i = 0; i < 12; i++)
        {
            var (x, labels, lengths) = Examples(i, i % 2 == 0 ? 9 : 4);
            float loss = step.Run([x], [labels, lengths])[0].Item();
            Assert.Null(step.Obstacle);
            Assert.Equal(eager.Step(x, labels, lengths).Item(), loss);
        }

        foreach (var (expected, actual) in eager.Parameters.Zip(replayed.Parameters)) Assert.Equal(expected.ToArray(), actual.ToArray());
    }

    [Fact]
    public void A_training_step_gives_the_same_bits_on_one_and_two_threads()
    {
        int threads = Workers.Threads;
        try
        {
            Assert.Equal(Train(1), Train(2));
        }
        finally
        {
            Workers.Threads = threads;
        }

        static float[] Train(int threads)
        {
            Workers.Threads = threads;
            var random = new RandomSource(6);
            var model = new Sequential(new Lstm(12, 40, layers: 2, bidirectional: true, random: random), new Flatten(), new Linear(7 * 80, 3, random: random));
            var step = TrainingStep.Capture(model, (logits, labels) => logits.CrossEntropy(labels), new Adam(model.Parameters, 1e-2f));
            for (int i = 0; i < 3; i++) step.Run(Random([37, 7, 12], (ulong)i), new IntTensor([.. Enumerable.Range(0, 37).Select(row => row % 3)]));
            Assert.Null(step.Obstacle);
            return [.. model.Parameters.SelectMany(parameter => parameter.ToArray())];
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void What_the_first_step_said_is_remembered_to_the_last(bool gru)
    {
        var random = new RandomSource(13);
        RecurrentLayers recurrent = gru ? new Gru(Inputs, 10, random: random) : new Lstm(Inputs, 10, random: random);
        var training = new Classifier(recurrent);
        float loss = 1;
        for (int i = 0; i < 400; i++)
        {
            var x = Random([32, 10, Inputs], (ulong)i);
            int[] labels = [.. Enumerable.Range(0, 32).Select(row => row % 2)];
            for (int row = 0; row < labels.Length; row++) x.Span[row * 10 * Inputs] = labels[row] == 1 ? 1 : -1;
            loss = training.Step(x, new IntTensor(labels), null).Item();
        }

        Assert.InRange(loss, 0, 0.25f); // chance: 0.69
    }

    [Fact]
    public void A_warm_training_step_allocates_nothing()
    {
        var model = new Sequential(new Lstm(Inputs, Hidden, layers: 2, bidirectional: true), new Gru(2 * Hidden, Hidden), new Rnn(Hidden, Hidden), new Flatten(), new Linear(Time * Hidden, 2));
        var step = TrainingStep.Capture(model, (logits, labels) => logits.CrossEntropy(labels), new Adam(model.Parameters, 1e-2f));
        var (x, labels, _) = Examples(1, 16);
        Assert.Equal(0, Allocation.OfWarm(() => step.Run(x, labels)));
    }

    [Fact]
    public void Without_gradients_the_bits_are_the_same_and_nothing_is_kept()
    {
        var layer = new Lstm(Inputs, 32, layers: 2, random: new RandomSource(8));
        var x = Random([16, 40, Inputs], 9);
        var training = layer.Forward(x).ToArray();
        var plan = InferencePlan.Capture(layer);
        using (GradientMode.Off()) Assert.Equal(training, layer.Forward(x).ToArray());
        Assert.Equal(training, plan.Run(x).ToArray());
        Assert.Null(plan.Obstacle);
        Assert.Empty(Saved(off: true));
        Assert.NotEmpty(Saved(off: false));

        float[] Saved(bool off)
        {
            var trace = Trace.Record(() =>
            {
                if (!off) layer.Last(x);
                else using (GradientMode.Off()) layer.Last(x);
            }, symbolic: false);
            return [.. trace.Events.SelectMany(traced => traced.Node!.Frame.SavedValues).SelectMany(saved => saved.ToArray())];
        }
    }

    [Fact]
    public void Weights_that_the_step_itself_computes_survive_until_backward()
    {
        Parameter ih = new([3, 8]), hh = new([3, 3]);
        new RandomSource(1).Uniform(ih.Span, -1, 1);
        new RandomSource(2).Uniform(hh.Span, -1, 1);
        var x = Random([5, 6, 8], 3);
        Loss(x).Backward();
        var (expectedIh, expectedHh) = (ih.Gradient!.ToArray(), hh.Gradient!.ToArray());
        (ih.Gradient, hh.Gradient) = (null, null);
        var step = CapturedStep.Of((inputs, _) =>
        {
            var loss = Loss(inputs[0]);
            loss.Backward();
            return [loss];
        });
        step.Run([x], []);
        Assert.Null(step.Obstacle);
        Assert.Equal(expectedIh, ih.Gradient!.ToArray());
        Assert.Equal(expectedHh, hh.Gradient!.ToArray());

        // The sums' own backward needs no values: only the recurrent layer keeps them alive, and the wide product would take their place.
        Tensor Loss(Tensor input)
        {
            var hidden = input.Rnn(ih + Tensor.Full([3, 8], 0.1f), hh + Tensor.Full([3, 3], 0.1f)).FinalHidden;
            return hidden.MatMul(Tensor.Full([3, 4000], 0.01f)).Tanh().Sum();
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_by_name()
    {
        var layer = new Lstm(3, 4);
        var error = Assert.Throws<ShapeException>(() => layer.Forward(Tensor.Zeros([2, 5, 7])));
        Assert.Contains("expects sequences [batch, time, 3]; got [2, 5, 7]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => layer.Forward(Tensor.Zeros([2, 3])));
        error = Assert.Throws<ShapeException>(() => layer.Run(Tensor.Zeros([2, 5, 3]), initial: (Tensor.Zeros([2, 4]), Tensor.Zeros([2, 4]))));
        Assert.Contains("[1, 2, 4]; got [2, 4]", error.Message, StringComparison.Ordinal);
        Assert.Contains("one length for each of 2", Assert.Throws<ArgumentException>(() => layer.Forward(Tensor.Zeros([2, 5, 3]), new IntTensor(5))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Lstm(3, 0));
    }

    private static RecurrentLayers Make(RecurrentCell cell, int layers, bool bidirectional, RandomSource random) => cell switch
    {
        RecurrentCell.Lstm => new Lstm(Inputs, Hidden, layers, bidirectional, random: random),
        RecurrentCell.Gru => new Gru(Inputs, Hidden, layers, bidirectional, random: random),
        _ => new Rnn(Inputs, Hidden, layers, bidirectional, relu: cell == RecurrentCell.Relu, random: random),
    };

    private static Tensor[] Run(RecurrentLayers layer, Tensor x, IntTensor? lengths, Tensor h, Tensor c)
    {
        if (layer is Lstm lstm)
        {
            var (sequence, hidden, cell) = lstm.Run(x, lengths, (h, c));
            return [sequence, hidden, cell];
        }

        var outputs = layer is Gru gru ? gru.Run(x, lengths, h) : ((Rnn)layer).Run(x, lengths, h);
        return [outputs.Sequence, outputs.FinalHidden];
    }

    private static Classifier Training(RecurrentCell cell, int layers, bool bidirectional) => new(Make(cell, layers, bidirectional, new RandomSource(11)));

    private static (Tensor X, IntTensor Labels, IntTensor Lengths) Examples(int seed, int batch)
    {
        var random = new RandomSource((ulong)seed);
        return (Random([batch, Time, Inputs], (ulong)seed), new IntTensor([.. Enumerable.Range(0, batch).Select(_ => random.Next(2))]),
            new IntTensor([.. Enumerable.Range(0, batch).Select(_ => random.Next(Time + 1))]));
    }

    private static Tensor Random(Shape shape, ulong seed)
    {
        var tensor = Tensor.Zeros(shape);
        new RandomSource(seed).Uniform(tensor.Span, -1, 1);
        return tensor;
    }

    private static void Close(double[] expected, float[] actual, string name)
    {
        double scale = Math.Max(1, expected.Max(Math.Abs));
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-5 * scale, $"{name}[{i}]: {actual[i]} against {expected[i]}");
    }

    private sealed class Classifier
    {
        private readonly RecurrentLayers _recurrent;
        private readonly Linear _dense;
        private readonly Adam _optimizer;

        public Classifier(RecurrentLayers recurrent)
        {
            (_recurrent, _dense) = (recurrent, new Linear(recurrent.Features, 2, random: new RandomSource(12)));
            _optimizer = new Adam(Parameters, 1e-2f);
        }

        public Parameter[] Parameters => [.. _recurrent.Parameters, .. _dense.Parameters];

        public Tensor Step(Tensor x, IntTensor labels, IntTensor? lengths)
        {
            _optimizer.ZeroGradient();
            var loss = _dense.Forward(_recurrent.Last(x, lengths)).CrossEntropy(labels);
            loss.Backward();
            _optimizer.Step();
            return loss;
        }
    }
}
