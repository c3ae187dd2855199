using System.Numerics.Tensors;

namespace Gradus.Cli.Runs;

/// <summary>What a row of logits says.</summary>
internal static class Probabilities
{
    /// <summary>The likeliest class and its probability.</summary>
    public static (int Class, float Probability) Best(ReadOnlySpan<float> logits)
    {
        int best = TensorPrimitives.IndexOfMax(logits);
        double sum = 0;
        foreach (float logit in logits) sum += Math.Exp(logit - logits[best]);
        return (best, (float)(1 / sum));
    }

    /// <summary>All probabilities, the softmax of the logits.</summary>
    public static float[] Of(ReadOnlySpan<float> logits)
    {
        var result = new float[logits.Length];
        TensorPrimitives.SoftMax(logits, result);
        return result;
    }
}
