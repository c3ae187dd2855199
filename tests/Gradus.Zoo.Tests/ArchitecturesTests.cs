using Gradus.Graph;
using Gradus.Ops;

namespace Gradus.Zoo.Tests;

public class ArchitecturesTests
{
    public static TheoryData<string> Names => [.. Architectures.All.Select(architecture => architecture.Name)];

    [Theory]
    [InlineData("mlp-3-4-2", 3 * 4 + 4 + 4 * 2 + 2)]
    [InlineData("mlp", 784 * 256 + 256 + 256 * 128 + 128 + 128 * 10 + 10)]
    [InlineData("cnn-small", 9 * 16 + 16 + 9 * 16 * 32 + 32 + 49 * 32 * 128 + 128 + 128 * 10 + 10)]
    [InlineData("cnn-32", 27 * 64 + 64 + 9 * 64 * 64 + 64 + 36 * 64 * 10 + 10)]
    [InlineData("cnn-128", 27 * 32 + 32 + 9 * 32 * 64 + 64 + 900 * 64 * 128 + 128 + 128 * 2 + 2)]
    [InlineData("lenet", 25 * 6 + 6 + 25 * 6 * 16 + 16 + 25 * 16 * 120 + 120 + 120 * 84 + 84 + 84 * 10 + 10)]
    [InlineData("resnet-18", 11_689_512)] // torchvision's figure
    [InlineData("transformer-encoder", 128 * 128 + 128 + 2 * (4 * (128 * 128 + 128) + 2 * 128 * 512 + 512 + 128 + 4 * 128) + 128 * 10 + 10)]
    [InlineData("vit-tiny", 48 * 192 + 192 + 192 + 65 * 192 + 6 * (4 * (192 * 192 + 192) + 2 * 192 * 768 + 768 + 192 + 4 * 192) + 2 * 192 + 192 * 10 + 10)]
    [InlineData("resnet-20", 272_474)] // the paper's 0.27 million: 464 + 14,016 + 51,648 + 205,696 + 650
    [InlineData("vgg-small", 9 * (3 * 64 + 64 * 64 + 64 * 128 + 128 * 128 + 128 * 256 + 256 * 256) + 4 * (64 + 128 + 256) + 4096 * 256 + 256 + 2560 + 10)]
    [InlineData("mobilenet-small", 410_570)] // a block from i to o channels over h: ih + ho + 9h + 4h + 2o
    [InlineData("unet", 9 * (3 * 16 + 16 * 16 + 16 * 32 + 32 * 32 + 32 * 64 + 64 * 64 + 64 * 128 + 128 * 128 + 128 * 64 + 64 * 64 + 64 * 32 + 32 * 32 + 32 * 16 + 16 * 16)
        + 4 * (128 + 2 * (64 + 32 + 16)) + 4 * (128 * 64 + 64 * 32 + 32 * 16) + 64 + 32 + 16 + 16 * 2 + 2)]
    [InlineData("gpt-small", (256 + 128) * 128 + 4 * (4 * (128 * 128 + 128) + 2 * 128 * 512 + 512 + 128 + 4 * 128) + 2 * 128)]
    [InlineData("bilstm-crf", 2 * (400 * (100 + 100) + 400 + 400) + 200 * 9 + 9 + 81 + 9 + 9)]
    [InlineData("gru-crf", 384 * (100 + 128) + 384 + 384 + 128 * 9 + 9 + 81 + 9 + 9)]
    [InlineData("seq2seq-additive", 2 * 256 * 64 + 2 * (512 * (64 + 128) + 2 * 512) + 128 * 128 + 128 + 128 * (128 + 256) + 128
        + 512 * (64 + 256 + 128) + 2 * 512 + (128 + 64 + 256) * 128 + 128 + 64 * 256 + 256)]
    [InlineData("seq2seq-multiplicative", 2 * 256 * 64 + 2 * (512 * (64 + 128) + 512 * (128 + 128) + 4 * 512) + 128 * 128 + 256 * 128 + 128 * 256 + 256)]
    [InlineData("seq2seq-transformer", 2 * 256 * 128 + 2 * (4 * (128 * 128 + 128) + 2 * 128 * 512 + 512 + 128 + 4 * 128) + 2 * (8 * (128 * 128 + 128) + 2 * 128 * 512 + 512 + 128 + 6 * 128))]
    public void It_has_the_parameters_that_one_counts_by_hand(string name, int expected) =>
        Assert.Equal(expected, Architectures.Get(name).Build(new RandomSource(0)).Parameters.Sum(parameter => parameter.Count));

    [Theory, MemberData(nameof(Names))]
    public void It_gives_outputs_for_each_sample_step_or_pixel_and_replay_agrees_with_eager(string name)
    {
        var architecture = Architectures.Get(name);
        // Half the side is enough for the large pictures.
        Shape sample = architecture.Input.Rank == 3 && architecture.Input[1] > 64 ? [3, 64, 64] : architecture.Input;
        var model = architecture.Build(sample, 7, new RandomSource(1));
        var x = Tensor.Zeros(Shape.Of([2, .. sample.Sizes]));
        new RandomSource(2).Normal(x.Span);
        if (name is "gpt-small" || name.StartsWith("seq2seq", StringComparison.Ordinal)) foreach (ref float token in x.Span) token = MathF.Min(6, MathF.Floor(MathF.Abs(3 * token)));
        model.Evaluate();
        using var off = GradientMode.Off();
        var eager = model.Forward(x).Clone();
        Assert.Equal(name switch { "unet" => [2, 7, 64, 64], "bilstm-crf" or "gru-crf" => [2, 50, 7], "gpt-small" => [2, 128, 7], "seq2seq-additive" or "seq2seq-multiplicative" or "seq2seq-transformer" => [2, 32, 7], _ => [2, 7] }, eager.Shape);
        var plan = InferencePlan.Capture(model);
        plan.Run(x);
        var replayed = plan.Run(x);
        float largest = 0;
        foreach (float value in eager.Span) largest = MathF.Max(largest, MathF.Abs(value));
        for (int i = 0; i < eager.Shape.Count; i++) Assert.Equal(eager.Span[i], replayed.Span[i], 1e-4f * largest);
    }

    [Fact]
    public void Residual_networks_have_the_names_of_torchvision()
    {
        var model = Architectures.Get("resnet-18").Build([3, 32, 32], 10, new RandomSource(0));
        string[] names = [.. model.NamedParameters().Select(named => named.Name), .. model.NamedBuffers().Select(named => named.Name)];
        foreach (string name in new[] { "conv1.weight", "bn1.weight", "layer1.0.conv1.weight", "layer2.0.downsample.0.weight", "layer2.0.downsample.1.running_var", "layer4.1.bn2.bias", "fc.bias" })
            Assert.Contains(name, names);
        Assert.DoesNotContain("conv1.bias", names);
    }

    [Theory, InlineData("vgg-small"), InlineData("mobilenet-small"), InlineData("unet")]
    public void A_captured_training_step_agrees_with_the_eager_one(string name)
    {
        var (eager, captured) = (Build(), Build());
        Sgd eagerOptimizer = new(eager.Parameters, 0.01f), capturedOptimizer = new(captured.Parameters, 0.01f);
        var step = CapturedStep.Of((inputs, integers) =>
        {
            capturedOptimizer.ZeroGradient();
            var loss = Loss(captured, inputs[0], integers[0]);
            loss.Backward();
            capturedOptimizer.Step();
            return [loss];
        });
        for (ulong batch = 0; batch < 2; batch++)
        {
            var x = Tensor.Zeros([4, 3, 16, 16]);
            new RandomSource(batch).Normal(x.Span);
            var labels = new IntTensor([.. Enumerable.Range(0, name == "unet" ? 4 * 256 : 4).Select(i => i % 3)]);
            eagerOptimizer.ZeroGradient();
            var expected = Loss(eager, x, labels);
            expected.Backward();
            eagerOptimizer.Step();
            Assert.Equal(expected.Item(), step.Run([x], [labels])[0].Item(), 2e-3f);
            Assert.Null(step.Obstacle);
        }

        Layer Build() => Architectures.Get(name).Build([3, 16, 16], 3, new RandomSource(3));

        static Tensor Loss(Layer model, Tensor x, IntTensor labels)
        {
            var logits = model.Forward(x);
            return (logits.Shape.Rank == 2 ? logits : logits.Permute(0, 2, 3, 1).Reshape(-1, 3)).CrossEntropy(labels);
        }
    }

    [Fact]
    public void Mobile_networks_have_the_names_of_torchvision()
    {
        var model = Architectures.Get("mobilenet-small").Build(new RandomSource(0));
        string[] names = [.. model.NamedParameters().Select(named => named.Name)];
        foreach (string name in new[] { "features.0.0.weight", "features.1.conv.0.0.weight", "features.1.conv.1.weight", "features.2.conv.0.1.bias", "features.2.conv.3.weight", "classifier.1.bias" })
            Assert.Contains(name, names);
    }

    [Fact]
    public void A_picture_that_cannot_be_halved_three_times_is_refused() =>
        Assert.Contains("multiples of 8", Assert.Throws<ShapeException>(() => Architectures.Get("unet").Build([3, 20, 32], 2, new RandomSource(0))).Message);

    [Fact]
    public void Source_and_target_must_stand_beside_each_other() =>
        Assert.Contains("[2, time]; got [3, 32]", Assert.Throws<ShapeException>(() => Architectures.Get("seq2seq-additive").Build([3, 32], 9, new RandomSource(0))).Message);

    [Fact]
    public void The_first_network_adapts_to_small_pictures() =>
        Assert.Equal([1, 10], Architectures.Get("cnn-small").Build([1, 8, 8], 10, new RandomSource(0)).Forward(Tensor.Zeros([1, 1, 8, 8])).Shape);

    [Fact]
    public void Pictures_that_are_too_small_or_of_another_rank_are_refused()
    {
        var architecture = Architectures.Get("cnn-32");
        Assert.Throws<ShapeException>(() => architecture.Build([3, 6, 6], 10, new RandomSource(0)));
        Assert.Throws<ShapeException>(() => architecture.Build([3], 10, new RandomSource(0)));
    }

    [Fact]
    public void A_picture_that_does_not_fall_into_patches_is_refused() =>
        Assert.Contains("multiples of 4; got [3, 30, 32]", Assert.Throws<ShapeException>(() => Architectures.Get("vit-tiny").Build([3, 30, 32], 10, new RandomSource(0))).Message);

    [Fact]
    public void An_unknown_name_is_answered_with_those_that_exist() =>
        Assert.Contains("resnet-18", Assert.Throws<KeyNotFoundException>(() => Architectures.Get("resnet")).Message);
}
