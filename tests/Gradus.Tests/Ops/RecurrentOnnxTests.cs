using Gradus.Layers;
using Gradus.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Gradus.Tests.Ops;

/// <summary>Both directions at once against ONNX Runtime, which lays time first and orders gates otherwise.</summary>
public class RecurrentOnnxTests
{
    private const int Batch = 19, Time = 6, Inputs = 5, Hidden = 7;

    [Fact]
    public void Lstm_agrees_with_ONNX_Runtime()
    {
        var layer = new Lstm(Inputs, Hidden, bidirectional: true, random: new RandomSource(1));
        var x = Input();
        var (sequence, hidden, cell) = layer.Run(x);
        var outputs = Onnx("LSTM", layer, x, order: [0, 3, 1, 2], outputs: 3); // i, o, f, c
        Close(outputs, sequence, hidden, cell);
    }

    [Fact]
    public void Gru_agrees_with_ONNX_Runtime()
    {
        var layer = new Gru(Inputs, Hidden, bidirectional: true, random: new RandomSource(2));
        var x = Input();
        var (sequence, hidden) = layer.Run(x);
        Close(Onnx("GRU", layer, x, order: [1, 0, 2], outputs: 2, new() { ["linear_before_reset"] = 1 }), sequence, hidden); // z, r, h
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Rnn_agrees_with_ONNX_Runtime(bool relu)
    {
        var layer = new Rnn(Inputs, Hidden, bidirectional: true, relu: relu, random: new RandomSource(3));
        var x = Input();
        var (sequence, hidden) = layer.Run(x);
        string activation = relu ? "Relu" : "Tanh";
        Close(Onnx("RNN", layer, x, order: [0], outputs: 2, new() { ["activations"] = new[] { activation, activation } }), sequence, hidden);
    }

    private static Tensor Input()
    {
        var x = Tensor.Zeros([Batch, Time, Inputs]);
        new RandomSource(9).Normal(x.Span);
        return x;
    }

    private static float[][] Onnx(string operation, RecurrentLayers layer, Tensor x, int[] order, int outputs, Dictionary<string, object>? attributes = null)
    {
        attributes ??= [];
        attributes["direction"] = "bidirectional";
        attributes["hidden_size"] = Hidden;
        int rows = order.Length * Hidden;
        var parameters = layer.NamedParameters().ToDictionary(named => named.Name, named => named.Parameter.ToArray());
        (float[] Values, Shape Shape)[] inputs =
        [
            (Swap(x), [Time, Batch, Inputs]),
            ([.. Gates("weight_ih_l0", Inputs), .. Gates("weight_ih_l0_reverse", Inputs)], [2, rows, Inputs]),
            ([.. Gates("weight_hh_l0", Hidden), .. Gates("weight_hh_l0_reverse", Hidden)], [2, rows, Hidden]),
            ([.. Gates("bias_ih_l0", 1), .. Gates("bias_hh_l0", 1), .. Gates("bias_ih_l0_reverse", 1), .. Gates("bias_hh_l0_reverse", 1)], [2, 2 * rows]),
        ];
        using var session = new InferenceSession(OneNodeModel.Create(operation, [.. inputs.Select(input => new ModelInput(input.Shape))], attributes, outputs: outputs));
        using var run = new RunOptions();
        var values = inputs.Select((input, place) => (Name: $"x{place}", Value: OrtValue.CreateTensorValueFromMemory(input.Values, Array.ConvertAll(input.Shape.ToArray(), size => (long)size)))).ToArray();
        using var results = session.Run(run, values.Select(value => value.Name).ToArray(), values.Select(value => value.Value).ToArray(), session.OutputNames);
        foreach (var (_, value) in values) value.Dispose();
        return [.. results.Select(result => result.GetTensorDataAsSpan<float>().ToArray())];

        float[] Gates(string name, int columns) => [.. order.SelectMany(gate => parameters[name].AsSpan(gate * Hidden * columns, Hidden * columns).ToArray())];
    }

    /// <summary>[batch, time, inputs] as [time, batch, inputs].</summary>
    private static float[] Swap(Tensor x)
    {
        var swapped = new float[x.Count];
        for (int i = 0; i < Batch; i++)
        {
            for (int step = 0; step < Time; step++) x.Span.Slice((i * Time + step) * Inputs, Inputs).CopyTo(swapped.AsSpan((step * Batch + i) * Inputs));
        }

        return swapped;
    }

    /// <summary>The sequence is [time, direction, batch, hidden] there and [batch, time, direction · hidden] here; states agree.</summary>
    private static void Close(float[][] expected, Tensor sequence, params Tensor[] states)
    {
        for (int i = 0; i < sequence.Count; i++)
        {
            int unit = i % Hidden, direction = i / Hidden % 2, step = i / (2 * Hidden) % Time, row = i / (2 * Hidden * Time);
            Assert.Equal(expected[0][((step * 2 + direction) * Batch + row) * Hidden + unit], sequence.Span[i], 1e-5f);
        }

        for (int state = 0; state < states.Length; state++)
        {
            for (int i = 0; i < states[state].Count; i++) Assert.Equal(expected[state + 1][i], states[state].Span[i], 1e-5f);
        }
    }
}
