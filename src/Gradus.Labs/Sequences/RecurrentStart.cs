using Gradus.Initializers;
using Gradus.Layers;

namespace Gradus.Labs.Sequences;

/// <summary>Other first values for recurrent layers than the uniform ones that they begin with.</summary>
internal static class RecurrentStart
{
    /// <summary>A bias for the gate that keeps the memory: f of an LSTM (Gers, Schmidhuber and Cummins 2000), z of a GRU, both the second of their layer.</summary>
    public static RecurrentLayers Keeping(RecurrentLayers layer, double bias)
    {
        Of(layer, "bias_ih_l0").Span.Slice(layer.Hidden, layer.Hidden).Fill((float)bias);
        return layer;
    }

    /// <summary>An orthogonal recurrent matrix for each gate (Saxe, McClelland and Ganguli 2014), and input weights of a given deviation: what is read in leaves its mark at once.</summary>
    public static RecurrentLayers Rotating(RecurrentLayers layer, float inputDeviation, RandomSource random)
    {
        var recurrent = Of(layer, "weight_hh_l0");
        var one = Tensor.Zeros([layer.Hidden, layer.Hidden]);
        for (int gate = 0; gate < recurrent.Count / one.Count; gate++)
        {
            Orthogonal.Fill(one, random);
            one.Span.CopyTo(recurrent.Span[(gate * one.Count)..]);
        }

        random.Normal(Of(layer, "weight_ih_l0").Span, 0, inputDeviation);
        return layer;
    }

    /// <summary>A recurrent matrix of scale times the identity, small input weights, no bias: Le, Jaitly and Hinton 2015, https://arxiv.org/abs/1504.00941.</summary>
    public static RecurrentLayers Identity(RecurrentLayers layer, double scale, float inputDeviation, RandomSource random)
    {
        foreach (string name in new[] { "weight_hh_l0", "bias_ih_l0", "bias_hh_l0" }) Of(layer, name).Span.Clear();
        for (int unit = 0; unit < layer.Hidden; unit++) Of(layer, "weight_hh_l0").Span[unit * layer.Hidden + unit] = (float)scale;
        random.Normal(Of(layer, "weight_ih_l0").Span, 0, inputDeviation);
        return layer;
    }

    /// <summary>A parameter by its name.</summary>
    public static Parameter Of(Layer layer, string name) => layer.NamedParameters().Single(named => named.Name == name).Parameter;
}
