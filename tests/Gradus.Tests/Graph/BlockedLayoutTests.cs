using Gradus.Graph;
using Gradus.Graph.Planning;
using Gradus.Graph.Rewriting;
using Gradus.Kernels;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Tests.Kernels;

namespace Gradus.Tests.Graph;

/// <summary>Captured convolutional networks, which compute on blocked layouts, against eager ones, which do not.</summary>
public class BlockedLayoutTests
{
    [Theory]
    [InlineData(2, 3, 20, 33, 17, 14, 0, 3)]
    [InlineData(3, 1, 16, 16, 12, 12, 1, 3)]
    [InlineData(1, 2, 5, 64, 11, 23, 0, 3)]
    [InlineData(9, 3, 64, 64, 15, 15, 1, 3)]
    [InlineData(2, 17, 31, 7, 13, 10, 0, 3)]
    [InlineData(4, 16, 32, 48, 10, 31, 1, 3)]
    [InlineData(5, 1, 6, 16, 28, 28, 2, 5)]
    public void Replay_agrees_with_eager(int batch, int channels, int first, int second, int height, int width, int padding, int kernel)
    {
        var (eager, replayed) = (Network(), Network());
        Assert.Contains("BlockedConvolutionPool", Operations(eager, [batch, channels, height, width]));
        var step = TrainingStep.Capture(replayed, CrossEntropy.Of, new Sgd(replayed.Parameters, 0.05f));
        var optimizer = new Sgd(eager.Parameters, 0.05f);
        for (int i = 0; i < 3; i++)
        {
            var (x, labels) = Batch(i);
            float loss = step.Run(x, labels);
            Assert.Null(step.Obstacle);
            optimizer.ZeroGradient();
            var expected = CrossEntropy.Of(eager.Forward(x), labels);
            expected.Backward();
            if (i == 0) foreach (var (a, b) in eager.Parameters.Zip(replayed.Parameters)) Close(a.Gradient!, b.Gradient!);
            optimizer.Step();
            Assert.Equal(expected.Item(), loss, 1e-4f);
        }

        Layer Network()
        {
            int Side(int size) => ((size + 2 * padding - kernel + 1) / 2 - 2) / 2;
            var random = new RandomSource(5);
            return new Sequential(
                new Conv2d(channels, first, kernel, padding: padding, random: random), new Relu(), new MaxPool2d(2),
                new Conv2d(first, second, 3, random: random), new Relu(), new MaxPool2d(2),
                new Flatten(), new Linear(second * Side(height) * Side(width), 4, random: random));
        }

        (Tensor, IntTensor) Batch(int seed)
        {
            var random = new RandomSource((ulong)seed);
            var x = Tensor.Zeros([batch, channels, height, width]);
            random.Normal(x.Span);
            return (x, new IntTensor([.. Enumerable.Range(0, batch).Select(_ => random.Next(4))]));
        }
    }

    public static TheoryData<string> Names => PictureNetworks.Names;

    [Theory, MemberData(nameof(Names))]
    public void Every_blocked_form_agrees_with_eager(string name)
    {
        var (build, shape, uses) = PictureNetworks.All[name];
        var (eager, replayed) = (build(new RandomSource(5)), build(new RandomSource(5)));
        var operations = Operations(eager, shape);
        Assert.All(uses, operation => Assert.Contains(operation, operations));
        var step = TrainingStep.Capture(replayed, CrossEntropy.Of, new Sgd(replayed.Parameters, 0.01f));
        var optimizer = new Sgd(eager.Parameters, 0.01f);
        for (int i = 0; i < 3; i++)
        {
            var (x, labels) = PictureNetworks.Batch(shape, (ulong)i);
            float loss = step.Run(x, labels);
            Assert.Null(step.Obstacle);
            optimizer.ZeroGradient();
            var expected = CrossEntropy.Of(eager.Forward(x), labels);
            expected.Backward();
            foreach (var ((parameter, a), b) in eager.NamedParameters().Zip(replayed.Parameters))
                PictureNetworks.Close(a.Gradient!, b.Gradient!, i == 0 ? 2e-5f : 2e-4f, $"step {i}: gradient of {parameter}"); // later, rounding has moved the parameters
            optimizer.Step();
            foreach (var ((buffer, a), (_, b)) in eager.NamedBuffers().Zip(replayed.NamedBuffers())) PictureNetworks.Close(a, b, 1e-5f, buffer);
            Assert.Equal(expected.Item(), loss, 1e-4f * MathF.Max(1, expected.Item()));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_blocked_form_gives_the_same_bits_on_one_and_two_threads(string name)
    {
        var (build, shape, _) = PictureNetworks.All[name];
        ConvolutionTests.SameOnOneAndTwoThreads(() =>
        {
            var model = build(new RandomSource(5));
            var step = TrainingStep.Capture(model, CrossEntropy.Of, new Adam(model.Parameters));
            for (int i = 0; i < 2; i++) step.Run(PictureNetworks.Batch(shape, (ulong)i).X, PictureNetworks.Batch(shape, (ulong)i).Labels);
            return [.. model.Parameters.SelectMany(parameter => parameter.ToArray()), .. model.NamedBuffers().SelectMany(named => named.Buffer.ToArray())];
        });
    }

    [Fact]
    public void The_same_bits_on_one_and_two_threads()
    {
        int threads = Workers.Threads;
        try
        {
            float[] One(int count)
            {
                Workers.Threads = count;
                var random = new RandomSource(5);
                var model = new Sequential(
                    new Conv2d(3, 40, 3, random: random), new Relu(), new MaxPool2d(2),
                    new Conv2d(40, 24, 3, padding: 1, random: random), new Relu(), new MaxPool2d(2),
                    new Flatten(), new Linear(24 * 7 * 7, 5, random: random));
                var step = TrainingStep.Capture(model, CrossEntropy.Of, new Adam(model.Parameters));
                var x = Tensor.Zeros([10, 3, 31, 31]);
                random.Normal(x.Span);
                for (int i = 0; i < 3; i++) step.Run(x, new IntTensor(0, 1, 2, 3, 4, 0, 1, 2, 3, 4));
                return [.. model.Parameters.SelectMany(parameter => parameter.ToArray())];
            }

            Assert.Equal(One(1), One(2));
        }
        finally
        {
            Workers.Threads = threads;
        }
    }

    private static List<string> Operations(Layer model, Shape input)
    {
        var plan = Plan.Capture((inputs, _) => [model.Forward(inputs[0])], [Tensor.Zeros(input)], [], Rewrite.Training);
        return [.. plan.Instructions.OfType<OperationInstruction>().Select(instruction => instruction.Operation.Name)];
    }

    private static void Close(Tensor expected, Tensor actual)
    {
        float scale = expected.ToArray().Max(MathF.Abs) + 1e-6f;
        for (int i = 0; i < expected.Count; i++)
            Assert.True(Math.Abs(expected.Span[i] - actual.Span[i]) <= 2e-5f * scale, $"{expected.Shape} at {i}: {expected.Span[i]} != {actual.Span[i]}");
    }
}
