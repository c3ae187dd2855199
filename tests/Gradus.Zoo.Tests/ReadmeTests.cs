using Gradus.Graph;
using Gradus.Layers;
using Gradus.Losses;

namespace Gradus.Zoo.Tests;

public class ReadmeTests
{
    [Fact]
    public void The_engine_in_the_readme_learns_exclusive_or()
    {
        var x = Tensor.From(new float[,] { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } });
        var labels = new IntTensor(0, 1, 1, 0);

        var random = new RandomSource(seed: 1);
        var model = new Sequential(new Linear(2, 16, random: random), new Relu(), new Linear(16, 2, random: random));
        var optimizer = new Adam(model.Parameters, learningRate: 0.05f);

        CrossEntropy.Of(model.Forward(x), labels).Backward();
        optimizer.Step();
        optimizer.ZeroGradient();

        var step = TrainingStep.Capture(model, CrossEntropy.Of, optimizer);
        float loss = 0;
        for (int i = 0; i < 200; i++) loss = step.Run(x, labels);
        model.Save(Path.Combine(Path.GetTempPath(), $"xor-{Environment.ProcessId}.safetensors"));
        File.Delete(Path.Combine(Path.GetTempPath(), $"xor-{Environment.ProcessId}.safetensors"));
        Assert.True(loss < 0.05f, $"{loss}");
    }
}
