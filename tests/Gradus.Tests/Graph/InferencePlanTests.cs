using Gradus.Graph;
using Gradus.Graph.Planning;
using Gradus.Graph.Rewriting;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Tests.Kernels;

namespace Gradus.Tests.Graph;

/// <summary>Inference plans, which fold and pack parameters, against eager evaluation, which does not.</summary>
[Collection(nameof(ThreadCounts))] // one of them counts the bytes that the whole process allocates: nothing may run beside it
public class InferencePlanTests
{
    public static TheoryData<string> Names => PictureNetworks.Names;

    [Theory, MemberData(nameof(Names))]
    public void Replay_agrees_with_eager_and_follows_training(string name)
    {
        var (build, shape, _) = PictureNetworks.All[name];
        var model = build(new RandomSource(3));
        var step = TrainingStep.Capture(model, CrossEntropy.Of, new Sgd(model.Parameters, 0.05f));
        var plan = InferencePlan.Capture(model);
        for (int i = 0; i < 3; i++)
        {
            var (x, labels) = PictureNetworks.Batch(shape, (ulong)i);
            model.Evaluate();
            PictureNetworks.Close(Eager(model, x), plan.Run(x), 1e-5f, $"{name} after {i} steps");
            model.Train();
            step.Run(x, labels);
        }

        Assert.Null(plan.Obstacle);
    }

    [Fact]
    public void A_residual_network_is_nothing_but_convolutions_with_their_epilogues()
    {
        var (build, shape, _) = PictureNetworks.All["residual"];
        var model = build(new RandomSource(3));
        model.Evaluate();
        var plan = Plan.Capture((inputs, _) => [Eager(model, inputs[0])], [Tensor.Zeros(shape)], [], Rewrite.Inference);
        string[] operations = [.. plan.Instructions.OfType<OperationInstruction>().Select(instruction => instruction.Operation.Name)];
        string[] expected =
        [
            "PackedConvolution", "BlockedMaxPool2d", "PackedConvolution", "PackedConvolution", "PackedConvolution", "PackedConvolution", "PackedConvolution",
            "BlockedGlobalAveragePool", "Linear",
        ];
        Assert.Equal(expected, operations);
    }

    [Fact]
    public void A_plan_follows_loaded_parameters_and_a_refresh()
    {
        var (build, shape, _) = PictureNetworks.All["residual"];
        var (model, other) = (build(new RandomSource(3)), build(new RandomSource(4)));
        model.Evaluate();
        other.Evaluate();
        var (x, _) = PictureNetworks.Batch(shape, 1);
        var plan = InferencePlan.Capture(model);
        var before = plan.Run(x).ToArray();
        using (var folder = new TemporaryFolder())
        {
            other.Save(folder["other.safetensors"]);
            model.Load(folder["other.safetensors"]);
        }

        PictureNetworks.Close(Eager(other, x), plan.Run(x), 1e-5f, "loaded");
        Assert.NotEqual(before, plan.Run(x).ToArray());
        foreach (var parameter in model.Parameters) parameter.Span.Fill(0.01f);
        plan.Refresh();
        PictureNetworks.Close(Eager(model, x), plan.Run(x), 1e-5f, "refreshed");
    }

    [Fact]
    public void A_linear_layer_absorbs_the_normalisation_behind_it()
    {
        var random = new RandomSource(1);
        var model = new Sequential(new Linear(5, 7, random: random), new BatchNorm(7), new Relu(), new Linear(7, 3, random: random));
        var x = Tensor.Zeros([6, 5]);
        random.Normal(x.Span);
        model.Forward(x); // moves the running statistics
        model.Evaluate();
        PictureNetworks.Close(Eager(model, x), InferencePlan.Capture(model).Run(x), 1e-5f, "linear");
        var plan = Plan.Capture((inputs, _) => [Eager(model, inputs[0])], [x], [], Rewrite.Inference);
        Assert.Equal(["Linear", "Linear"], plan.Instructions.OfType<OperationInstruction>().Select(instruction => instruction.Operation.Name));
    }

    [Fact]
    public void A_warm_run_allocates_nothing()
    {
        var (build, shape, _) = PictureNetworks.All["residual"];
        var model = build(new RandomSource(3));
        model.Evaluate();
        var plan = InferencePlan.Capture(model);
        var (x, _) = PictureNetworks.Batch(shape, 1);
        Assert.Equal(0, Allocation.OfWarm(() => plan.Run(x)));
    }

    private static Tensor Eager(Layer model, Tensor x)
    {
        using (GradientMode.Off()) return model.Forward(x);
    }
}
