namespace Gradus.Ops;

/// <summary>
/// The mean of -α t (1 - p)^γ log p - (1 - α) (1 - t) p^γ log(1 - p) with p = σ(x): cross-entropy in which what is already certain counts
/// little. dx of the first term is α (1 - p)^γ (γ p log p - (1 - p)); the second is the first with 1 - p, 1 - α and the other sign.
/// </summary>
/// <remarks>Lin, Goyal, Girshick, He and Dollár 2017, https://arxiv.org/abs/1708.02002, equation 5.</remarks>
internal sealed class FocalLoss(float gamma, float alpha) : MeanLoss
{
    public override object Settings => (gamma, alpha);

    protected override float SumOf(ReadOnlySpan<float> x, ReadOnlySpan<float> target)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            var (whenTrue, whenFalse, _, _) = Terms(x[i]);
            sum += target[i] * whenTrue + (1 - target[i]) * whenFalse;
        }

        return (float)sum;
    }

    protected override void Derive(int which, ReadOnlySpan<float> x, ReadOnlySpan<float> target, float scale, Span<float> gradient)
    {
        for (int i = 0; i < x.Length; i++)
        {
            var (whenTrue, whenFalse, slopeTrue, slopeFalse) = Terms(x[i]);
            gradient[i] = scale * (which == 0 ? target[i] * slopeTrue + (1 - target[i]) * slopeFalse : whenTrue - whenFalse);
        }
    }

    /// <summary>The losses of a true and of a false target, and their derivatives.</summary>
    private (float True, float False, float SlopeTrue, float SlopeFalse) Terms(float x)
    {
        // log p = -log(1 + e^-x) without overflow; e^-|x| serves both logarithms
        float small = MathF.Exp(-MathF.Abs(x)), rest = LogOnePlus(small);
        float logP = MathF.Min(x, 0) - rest, logQ = -MathF.Max(x, 0) - rest;
        float p = x < 0 ? small / (1 + small) : 1 / (1 + small), q = x < 0 ? 1 / (1 + small) : small / (1 + small);
        float weightTrue = alpha * MathF.Exp(gamma * logQ), weightFalse = (1 - alpha) * MathF.Exp(gamma * logP);
        return (-weightTrue * logP, -weightFalse * logQ, weightTrue * (gamma * p * logP - q), weightFalse * (p - gamma * q * logQ));
    }

    // log(u) · e / (u - 1) with u = 1 + e keeps the digits of a small e (Kahan)
    private static float LogOnePlus(float e)
    {
        float u = 1 + e;
        return u == 1 ? e : MathF.Log(u) * (e / (u - 1));
    }
}

/// <summary>The focal loss on tensors.</summary>
public static class FocalLossExtensions
{
    extension(Tensor logits)
    {
        /// <summary>The mean focal loss of σ(logits) over all elements.</summary>
        /// <param name="target">Of the same shape, each from 0 to 1.</param>
        /// <param name="gamma">How little the certain counts, at least 0; 0 is weighted cross-entropy.</param>
        /// <param name="alpha">The weight of true targets, from 0 to 1; false ones have 1 - alpha.</param>
        /// <returns>A scalar.</returns>
        /// <exception cref="ShapeException">The shapes differ, or there is no element.</exception>
        /// <exception cref="ArgumentOutOfRangeException">Gamma is below 0, or alpha outside 0 to 1.</exception>
        public Tensor FocalLoss(Tensor target, float gamma = 2, float alpha = 0.25f)
        {
            if (!(gamma >= 0)) throw new ArgumentOutOfRangeException(nameof(gamma), $"gamma must be at least 0; got {gamma}");
            if (!(alpha >= 0 && alpha <= 1)) throw new ArgumentOutOfRangeException(nameof(alpha), $"alpha must be from 0 to 1; got {alpha}");
            return new FocalLoss(gamma, alpha).Apply(logits, target);
        }
    }
}
