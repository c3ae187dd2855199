using Gradus.Graph;
using Gradus.Graph.Planning;
using Gradus.Graph.Rewriting;
using Gradus.Layers;
using Gradus.Ops;
using Gradus.Tests.Kernels;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Tests.Graph;

/// <summary>Slices that capture moves before the operations whose results they cut, against eager computation of the whole.</summary>
[Collection(nameof(ThreadCounts))] // counts the bytes that the whole process allocates
public class SliceFirstTests
{
    private static readonly Shape Size = [3, 5, 8];

    // What is sliced, and the shape of every slice in the plan in the order of the plan.
    public static TheoryData<string, string[]> Cases => new()
    {
        { "linear", ["[3, 2, 8]"] },
        { "linear, its last axis", ["[3, 5, 2]"] },
        { "normalisation", ["[3, 2, 8]"] },
        { "normalised axis", ["[3, 5, 2]"] },
        { "a sum of both", ["[3, 2, 8]"] },
        { "broadcast", ["[3, 2, 8]"] },
        { "two readers", ["[3, 2, 8]"] },
        { "a result of the step", ["[3, 2, 8]"] },
        { "two different slices", ["[3, 2, 8]", "[3, 2, 8]"] },
        { "the whole", ["[3, 5, 8]"] },
        { "batch", ["[1, 5, 8]"] },
    };

    private static Tensor Sliced(string name, Tensor x, Linear layer, LayerNorm norm) => name switch
    {
        "linear" => layer.Forward(x).Slice(1, 1, 2, step: 3),
        "linear, its last axis" => layer.Forward(x).Slice(-1, 1, 2),
        "normalisation" => norm.Forward(x).Slice(-2, -2, 2),
        "normalised axis" => norm.Forward(x).Slice(2, 0, 2),
        "a sum of both" => (x + layer.Forward(norm.Forward(x)).Gelu()).Slice(1, 1, 2),
        "broadcast" => (layer.Forward(x) + norm.Weight!).Slice(1, 1, 2),
        "two readers" => layer.Forward(x) is var y ? y.Slice(1, 1, 2) + y.Mean() : x,
        "a result of the step" => layer.Forward(x).Slice(1, 1, 2),
        "two different slices" => layer.Forward(x) is var y ? y.Slice(1, 1, 2) * y.Slice(1, 2, 2) : x,
        "the whole" => layer.Forward(x).Slice(1, 0, 5),
        "batch" => norm.Forward(layer.Forward(x).Tanh()).Slice(0, 1, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    [Theory, MemberData(nameof(Cases))]
    public void Replay_agrees_with_eager(string name, string[] slices)
    {
        var random = new RandomSource(4);
        var (x, layer, norm) = (Tensor.Zeros(Size), new Linear(8, 8, random: random), new LayerNorm(8));
        random.Normal(x.Span);
        random.Normal(norm.Weight!.Span);
        x.RequiresGradient = true;
        Tensor[] leaves = [x, .. layer.Parameters, .. norm.Parameters];

        var expected = Step();
        float[]?[] gradients = [.. leaves.Select(leaf => leaf.Gradient?.ToArray())];
        foreach (var leaf in leaves) leaf.Gradient = null;
        var plan = Plan.Capture((_, _) => Step(), [], [], Rewrite.Training);
        plan.Run([], []);
        var actual = plan.Outputs;
        Assert.Equal(slices, Slices(plan));
        for (int i = 0; i < expected.Length; i++) Close(expected[i].ToArray(), actual[i].ToArray());
        for (int i = 0; i < leaves.Length; i++) Close(gradients[i] ?? new float[leaves[i].Count], leaves[i].Gradient?.ToArray() ?? new float[leaves[i].Count]);
        Assert.Equal(0, Allocation.OfWarm(() => plan.Run([], [])));

        Tensor[] Step()
        {
            var sliced = Sliced(name, x, layer, norm);
            var loss = (sliced * sliced).Mean();
            loss.Backward();
            return name == "a result of the step" ? [loss, sliced] : [loss];
        }
    }

    [Fact]
    public void What_a_slice_does_not_read_is_not_computed()
    {
        var (layer, norm) = (new Linear(8, 8, random: new RandomSource(1)), new LayerNorm(8));
        var x = Tensor.Zeros(Size);
        var plan = Plan.Capture((_, _) => [Sliced("a sum of both", x, layer, norm).Mean()], [], [], Rewrite.Training);
        var shapes = plan.Instructions.OfType<OperationInstruction>().Select(one => one.Touches.Any(value => value.Shape == Size) ? one.Operation.Name : null).OfType<string>();
        Assert.Equal(["Slice"], shapes); // one slice, which both operands of the sum share
    }

    [Fact]
    public void A_result_that_the_step_returns_stays_whole()
    {
        var layer = new Linear(8, 8, random: new RandomSource(1));
        var x = Tensor.Ones(Size);
        Func<Tensor[], IntTensor[], Tensor[]> step = (_, _) => layer.Forward(x) is var y ? [y, y.Slice(1, 0, 2)] : [];
        var plan = Plan.Capture(step, [], [], Rewrite.Inference);
        plan.Prepare();
        plan.Run([], []);
        Close(step([], [])[0].ToArray(), plan.Outputs[0].ToArray());
    }

    [Fact]
    public void Nothing_is_moved_across_a_step_of_an_optimizer()
    {
        var (eager, replayed) = (new Linear(8, 8, random: new RandomSource(1)), new Linear(8, 8, random: new RandomSource(1)));
        var x = Tensor.Ones(Size);
        var expected = Step(eager, new Sgd(eager.Parameters, 0.1f))([], []);
        var captured = CapturedStep.Of(Step(replayed, new Sgd(replayed.Parameters, 0.1f)));
        var actual = captured.Run([], []);
        Assert.Null(captured.Obstacle);
        Close(expected[0].ToArray(), actual[0].ToArray());

        Func<Tensor[], IntTensor[], Tensor[]> Step(Linear layer, Sgd optimizer) => (_, _) =>
        {
            var y = layer.Forward(x);
            var loss = layer.Forward(x).Mean();
            optimizer.ZeroGradient();
            loss.Backward();
            optimizer.Step();
            return [y.Slice(1, 0, 2) * 1f];
        };
    }

    private static string[] Slices(Plan plan) =>
        [.. plan.Instructions.OfType<OperationInstruction>().Where(one => !one.IsBackward && one.Operation is Slice).Select(one => one.Touches[1].Shape.ToString())];

    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5f * Math.Max(1, Math.Abs(expected[i])));
    }
}
