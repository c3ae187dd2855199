using Gradus.Layers;
using Gradus.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Gradus.Tests.Ops;

/// <summary>Rotary positions against ONNX Runtime, which takes the angles for each sequence.</summary>
public class RotaryOnnxTests
{
    [Fact]
    public void Rotary_positions_agree_with_ONNX_Runtime()
    {
        const int Batch = 2, Time = 9, Heads = 3, Size = 8;
        var x = Tensor.Zeros([Batch, Time, Heads * Size]);
        new RandomSource(3).Normal(x.Span);
        float[] cosines = Table(Math.Cos), sines = Table(Math.Sin);
        (float[] Values, Shape Shape)[] inputs = [(x.ToArray(), x.Shape), (cosines, [Batch, Time, Size / 2]), (sines, [Batch, Time, Size / 2])];
        var model = OneNodeModel.Create("RotaryEmbedding", [.. inputs.Select(input => new ModelInput(input.Shape))], new Dictionary<string, object> { ["num_heads"] = Heads }, operatorSet: 23);
        using var session = new InferenceSession(model);
        using var run = new RunOptions();
        OrtValue[] values = [.. inputs.Select(input => OrtValue.CreateTensorValueFromMemory(input.Values, Array.ConvertAll(input.Shape.ToArray(), size => (long)size)))];
        using var results = session.Run(run, ["x0", "x1", "x2"], values, session.OutputNames);
        float[] expected = results[0].GetTensorDataAsSpan<float>().ToArray(), actual = new RotaryPositions(Heads).Forward(x).ToArray();
        foreach (var value in values) value.Dispose();
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5f);

        static float[] Table(Func<double, double> function) =>
            [.. Enumerable.Range(0, Batch * Time * Size / 2).Select(i => (float)function(i / (Size / 2) % Time * Math.Pow(10_000, -2.0 * (i % (Size / 2)) / Size)))];
    }
}
