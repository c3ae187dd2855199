using Gradus.Graph;
using Gradus.Graph.Planning;
using Gradus.Graph.Rewriting;
using Gradus.Kernels;
using Gradus.Ops;
using Gradus.Ops.Chains;
using Gradus.Tests.Kernels;

namespace Gradus.Tests.Graph;

/// <summary>Element-wise operations that capture made one operation of, against eager ones that stand alone.</summary>
[Collection(nameof(ThreadCounts))] // counts the bytes that the whole process allocates, and sets the number of threads
public class FuseChainsTests
{
    // sizes of 1, primes, more than a tile in all, more than a tile in one axis, more than 64 tiles
    private static readonly Shape[] Shapes =
        [[1], [7], [16, 31], [13, 1, 17], [3, 5, 7, 11], [97, 129], [4, 16, 37, 41], [2, 20011], [20011, 3], [19, 3, 10007]];

    private static int Graphs(int number) => Shapes[number].Count > 100_000 ? 4 : 12;

    public static TheoryData<int> Numbers => new(Enumerable.Range(0, Shapes.Length));

    [Theory, MemberData(nameof(Numbers))]
    public void Replay_of_random_graphs_agrees_with_eager(int number)
    {
        int chains = 0;
        for (int seed = 0; seed < Graphs(number); seed++)
        {
            var graph = new RandomChains(seed, Shapes[number]);
            var expanded = graph.Expanded();
            var expected = graph.Step(expanded);
            var step = CapturedStep.Of((_, _) => graph.Step(graph.Inputs));
            var actual = step.Run([], []);
            Assert.Null(step.Obstacle);
            for (int i = 0; i < expected.Length; i++) Close(expected[i].ToArray(), actual[i] + Tensor.Zeros(expected[i].Shape), $"graph {seed}, output {i}");
            foreach (var (whole, input) in expanded.Zip(graph.Inputs)) CloseGradient(whole, input, $"graph {seed}");
            chains += Chains(() => graph.Step(graph.Inputs)).Count;
        }

        Assert.True(chains > 2 * Graphs(number), $"{chains} chains");
    }

    [Theory, MemberData(nameof(Numbers))]
    public void The_same_bits_on_one_and_two_threads(int number)
    {
        int threads = Workers.Threads;
        try
        {
            for (int seed = 0; seed < Graphs(number); seed++) Assert.Equal(Bits(seed, 1), Bits(seed, 2));
        }
        finally
        {
            Workers.Threads = threads;
        }

        float[] Bits(int seed, int count)
        {
            Workers.Threads = count;
            var graph = new RandomChains(seed, Shapes[number]);
            var outputs = CapturedStep.Of((_, _) => graph.Step(graph.Inputs)).Run([], []);
            return [.. outputs.Concat(graph.Inputs.Select(input => input.Gradient).OfType<Tensor>()).SelectMany(one => one.ToArray())];
        }
    }

    [Fact]
    public void A_warm_step_allocates_nothing()
    {
        foreach (int seed in (int[])[1, 2, 3])
        {
            var graph = new RandomChains(seed, [97, 129]);
            var step = CapturedStep.Of((_, _) => graph.Step(graph.Inputs));
            Assert.Equal(0, Allocation.OfWarm(() => step.Run([], [])));
        }
    }

    [Fact]
    public void A_formula_becomes_one_instruction_forward_and_one_backward()
    {
        var x = Random([40, 50], wants: true);
        var plan = Capture(() =>
        {
            var y = WrittenOutGelu(x).MatMul(Tensor.Ones([50, 1])).Sum();
            y.Backward();
            return [y];
        });
        Assert.Equal(["ElementwiseChain", "MatMul", "Sum", "Sum", "MatMul", "ElementwiseChain"], Names(plan));
        Assert.Equal(9, Chain(plan).Length);
    }

    [Fact]
    public void A_chain_keeps_what_derivatives_read_and_nothing_else()
    {
        var x = Random([40, 50], wants: true);
        Assert.Equal((Reads.Outputs, 0), Keeps(x => (x * 2 + 1).Tanh()));
        Assert.Equal((Reads.None, 0), Keeps(x => (x * 2 + 1) * 3));
        Assert.Equal((Reads.Inputs, 0), Keeps(x => (x + 1) * (x + 2) * 3)); // the sums are computed again
        Assert.Equal((Reads.None, 1), Keeps(x => x.Tanh() * 3));            // the tangent is not
        Assert.Equal((Reads.None, 0), Keeps(x => (x.Detach().Tanh() + x) * 3));

        (Reads, int) Keeps(Func<Tensor, Tensor> formula)
        {
            var signature = Chain(Capture(() => Train(formula(x)))).Infer([x.Shape, x.Shape]);
            return (signature.BackwardReads, signature.Saved.Count);
        }
    }

    [Fact]
    public void A_chain_needs_less_memory_than_its_members()
    {
        var x = Random([300, 50], wants: true);
        Func<Tensor[], IntTensor[], Tensor[]> step = (_, _) => Train(WrittenOutGelu(x));
        long alone = Plan.Capture(step, [], [], []).ArenaBytes, fused = Plan.Capture(step, [], [], [new FuseChains()]).ArenaBytes;
        Assert.True(2 * fused < alone, $"{fused} bytes, {alone} without fusion");
    }

    [Fact]
    public void A_value_that_somebody_else_reads_ends_a_chain()
    {
        var x = Random([8, 9], wants: true);
        var plan = Capture(() =>
        {
            var read = (x * 2).Tanh();
            var y = (read + 1).Sigmoid();
            return [read, .. Train(y)];
        });
        Assert.Equal([2, 2], plan.Instructions.OfType<OperationInstruction>().Where(one => !one.IsBackward).Select(one => one.Operation).OfType<ElementwiseChain>().Select(one => one.Length));
    }

    [Fact]
    public void An_operand_that_repeats_in_the_middle_only_stays_outside()
    {
        var (x, mask) = (Random([4, 5, 6], wants: true), Random([4, 1, 6], wants: true)); // [4, 1, 6] repeats neither row by row nor element by element
        Assert.Empty(Chains(() => Train(((x * mask) * mask))));
        Assert.Equal(3, Chain(Capture(() => Train((x * mask).Tanh().Exp() + 1))).Length);
    }

    [Fact]
    public void An_activation_that_a_layer_takes_is_left_to_it()
    {
        var (x, weight) = (Random([8, 9], wants: false), Random([5, 9], wants: true));
        var plan = Capture(() => Train((x.Linear(weight, null).Relu() * 2).Tanh()));
        Assert.Equal(["Linear", "ElementwiseChain", "Sum", "Sum", "ElementwiseChain", "Linear"], Names(plan));
        Assert.Equal(2, Chain(plan).Length);
    }

    [Fact]
    public void Nothing_is_moved_across_a_step_of_an_optimizer()
    {
        var w = new Parameter([3]);
        w.Span.Fill(1);
        var optimizer = new Sgd([w], 1);
        var step = CapturedStep.Of((_, _) =>
        {
            optimizer.ZeroGradient();
            var before = w * 2;
            before.Sum().Backward();
            optimizer.Step();                        // w = 1 - 2
            return [(before + w).Tanh()];
        });
        Assert.All(step.Run([], [])[0].ToArray(), value => Assert.Equal(MathF.Tanh(2 - 1), value, 1e-6f));
    }

    [Fact]
    public void A_parameter_that_moves_before_backward_is_not_read_again()
    {
        float Gradient(bool captured)
        {
            var (w, u) = (new Parameter([3]), new Parameter([3]));
            w.Span.Fill(0.5f);
            u.Span.Fill(0.25f);
            var optimizer = new Sgd([w], 1);
            Func<Tensor[], IntTensor[], Tensor[]> step = (_, _) =>
            {
                optimizer.ZeroGradient();
                var sum = w + u;
                var loss = (sum * sum * 2).Sum();
                w.Sum().Backward();
                optimizer.Step();                    // the product's derivative is that of the old w
                loss.Backward();
                return [loss];
            };
            if (captured) CapturedStep.Of(step).Run([], []);
            else step([], []);
            return u.Gradient!.Span[0];
        }

        Assert.Equal(Gradient(captured: false), Gradient(captured: true), 1e-6f);
    }

    [Fact]
    public void State_is_read_where_the_operation_stood()
    {
        Tensor Run(bool captured)
        {
            var (x, mean, variance) = (Random([6, 3, 2, 2], wants: false), Tensor.Zeros([3]), Tensor.Ones([3]));
            Func<Tensor[], IntTensor[], Tensor[]> step = (_, _) =>
            {
                var before = mean.Reshape(3, 1, 1) + x;              // the running mean before this batch
                var after = x.BatchNormalize(Tensor.Ones([3]), Tensor.Zeros([3]), mean, variance, training: true);
                return [before.Tanh() + after];
            };
            return captured ? CapturedStep.Of(step).Run([], [])[0] : step([], [])[0];
        }

        Close(Run(captured: false).ToArray(), Run(captured: true), "running mean");
    }

    [Fact]
    public void A_value_computed_while_gradients_were_off_is_a_constant()
    {
        var (x, only) = (Random([5], wants: true), Random([5], wants: true));
        var plan = Capture(() =>
        {
            Tensor constant;
            using (GradientMode.Off()) constant = (x * only).Tanh();
            return Train(constant * x);
        });
        plan.Run([], []);
        Assert.Null(only.Gradient);
        for (int i = 0; i < 5; i++) Assert.Equal(MathF.Tanh(x.Span[i] * only.Span[i]), x.Gradient!.Span[i], 1e-6f);
    }

    [Fact]
    public void Inference_fuses_too()
    {
        var model = new Formula();
        var plan = InferencePlan.Capture(model);
        var x = Random([33, 65], wants: false);
        Close(model.Forward(x).ToArray(), plan.Run(x), "formula");
        Assert.Null(plan.Obstacle);
        var instructions = Plan.Capture((inputs, _) => [model.Forward(inputs[0])], [x], [], Rewrite.Inference).Instructions;
        Assert.Single(instructions);
    }

    [Fact]
    public void An_empty_batch_gives_a_gradient_of_zeros()
    {
        var (bias, scale) = (Random([3], wants: true), Random([1], wants: true));
        var step = CapturedStep.Of((inputs, _) => Train(((inputs[0] + bias) * scale).Tanh()));
        step.Run([Tensor.Zeros([0, 3])], []);
        Assert.Equal([0f, 0, 0], bias.Gradient!.ToArray());
        Assert.Equal([0f], scale.Gradient!.ToArray());
    }

    // 9 operations: 0.5 x (1 + tanh(0.8 (x + 0.04 x³)))
    private static Tensor WrittenOutGelu(Tensor x) => 0.5f * x * ((0.8f * (x + 0.04f * (x * x * x))).Tanh() + 1);

    private static Tensor[] Train(Tensor y)
    {
        var loss = y.Sum();
        loss.Backward();
        return [loss];
    }

    private static Plan Capture(Func<Tensor[]> step) => Plan.Capture((_, _) => step(), [], [], Rewrite.Training);

    private static List<ElementwiseChain> Chains(Func<Tensor[]> step) =>
        [.. Capture(step).Instructions.OfType<OperationInstruction>().Where(one => !one.IsBackward).Select(one => one.Operation).OfType<ElementwiseChain>()];

    private static ElementwiseChain Chain(Plan plan) =>
        plan.Instructions.OfType<OperationInstruction>().Where(one => !one.IsBackward).Select(one => one.Operation).OfType<ElementwiseChain>().Single();

    private static IEnumerable<string> Names(Plan plan) => plan.Instructions.OfType<OperationInstruction>().Select(one => one.Operation.Name.Split('(')[0]);

    private static Tensor Random(Shape shape, bool wants)
    {
        var tensor = Tensor.Zeros(shape);
        tensor.RequiresGradient = wants;
        new RandomSource(3).Normal(tensor.Span);
        return tensor;
    }

    private static void Close(float[] expected, Tensor actual, string place)
    {
        Assert.Equal(expected.Length, actual.Count);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual.Span[i]) <= 1e-5f * (0.1f + Math.Abs(expected[i])), $"{place} at {i}: {expected[i]} != {actual.Span[i]}");
    }

    // Sums of many terms of both signs: relative to the terms, not to what is left of them.
    private static void CloseGradient(Tensor whole, Tensor input, string place)
    {
        Assert.Equal(whole.Gradient is null, input.Gradient is null);
        if (whole.Gradient is null) return;
        int[] sources = RepetitionTests.Sources(input.Shape, whole.Shape);
        var (sums, sizes) = (new double[input.Count], new double[input.Count]);
        for (int i = 0; i < sources.Length; i++)
        {
            sums[sources[i]] += whole.Gradient.Span[i];
            sizes[sources[i]] += Math.Abs(whole.Gradient.Span[i]);
        }

        double largest = sizes.Max();
        for (int i = 0; i < sums.Length; i++)
        {
            double error = Math.Abs(sums[i] - input.Gradient!.Span[i]);
            Assert.True(error <= 1e-5 * (sizes[i] + 0.1 * largest), $"{place}, gradient {input.Shape} in {whole.Shape} at {i}: {sums[i]} != {input.Gradient.Span[i]}");
        }
    }

    private sealed class Formula : Layer
    {
        public override Tensor Forward(Tensor x) => WrittenOutGelu(x);
    }
}
