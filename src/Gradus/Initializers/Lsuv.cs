using Gradus.Graph;

namespace Gradus.Initializers;

/// <summary>
/// Layer-sequential unit variance: orthogonal weights, then, layer by layer from the input on, each weight is scaled until the layer's output
/// on real data has variance 1.
/// </summary>
/// <remarks>
/// Mishkin and Matas 2016, https://arxiv.org/abs/1511.06422, algorithm 1. A weight is a parameter of at least two axes that is the only such one of its
/// operation; recurrent layers, whose outputs do not grow with their weights, keep their orthogonal ones as they are.
/// </remarks>
public static class Lsuv
{
    /// <summary>Initialises a model on a batch. Biases stay as they are.</summary>
    /// <param name="forward">The model, <c>model.Forward</c>. It runs a few times for each layer, without gradients.</param>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="batch">Samples as in training; some hundred are enough.</param>
    /// <param name="random">Where the orthogonal matrices come from.</param>
    /// <param name="tolerance">How far from 1 the variance may stay, above 0.</param>
    /// <param name="trials">The most scalings of one layer; at least 1.</param>
    /// <exception cref="InvalidOperationException">A layer's output is constant or not finite over the batch: no factor makes its variance 1.</exception>
    public static void Fill(Func<Tensor, Tensor> forward, IEnumerable<Parameter> parameters, Tensor batch, RandomSource random, float tolerance = 0.1f, int trials = 10)
    {
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        if (!(tolerance > 0)) throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "the tolerance is above 0");
        Tensor[] weights = [.. parameters.Where(parameter => parameter.Shape.Rank >= 2)];
        foreach (var weight in weights) Orthogonal.Fill(weight, random);
        Parameter.NoteChange();
        foreach (var weight in InOrder(Run(forward, batch), weights.ToHashSet<object>(ReferenceEqualityComparer.Instance)))
        {
            for (int trial = 0; trial < trials; trial++)
            {
                var user = Run(forward, batch).First(node => node.Inputs.Contains(weight));
                double variance = Variance(user.Outputs[0].Span);
                if (!(variance > 0 && double.IsFinite(variance)))
                    throw new InvalidOperationException($"{user.Operation.Name} with the weight {weight.Shape} gives an output of variance {variance} over the batch: no factor makes it 1");
                if (Math.Abs(variance - 1) < tolerance) break;
                float factor = (float)(1 / Math.Sqrt(variance));
                foreach (ref float value in weight.Span) value *= factor;
                Parameter.NoteChange();
            }
        }
    }

    private static List<Node> Run(Func<Tensor, Tensor> forward, Tensor batch)
    {
        using (GradientMode.Off()) return [.. Trace.Record(() => forward(batch), symbolic: false).Events.Select(recorded => recorded.Node).OfType<Node>()];
    }

    private static List<Tensor> InOrder(List<Node> nodes, HashSet<object> weights)
    {
        var scaled = new List<Tensor>();
        foreach (var node in nodes)
        {
            var own = node.Inputs.Where(weights.Contains).ToArray();
            if (own.Length == 1 && !scaled.Contains(own[0], ReferenceEqualityComparer.Instance)) scaled.Add(own[0]);
        }

        return scaled;
    }

    private static double Variance(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        foreach (float value in values) sum += value;
        double mean = sum / values.Length;
        foreach (float value in values) squares += (value - mean) * (value - mean);
        return squares / values.Length;
    }
}
