namespace Gradus.Initializers;

/// <summary>Normal numbers without the far ends: what lies beyond the limit is drawn again.</summary>
/// <remarks>
/// The first values of Transformers, 0.02 and two deviations: Devlin et al. 2019, https://arxiv.org/abs/1810.04805. A limit of two
/// deviations leaves 0.880 of the deviation.
/// </remarks>
public static class TruncatedNormal
{
    /// <summary>Fills with normal numbers of mean 0, none further than <paramref name="limit"/> deviations away.</summary>
    /// <param name="weight">Any shape.</param>
    /// <param name="random">Where the numbers come from.</param>
    /// <param name="deviation">The normal distribution's deviation before it is cut, at least 0.</param>
    /// <param name="limit">How many deviations are kept, at least 0.1: below, nearly all would be drawn in vain.</param>
    public static void Fill(Tensor weight, RandomSource random, float deviation = 0.02f, float limit = 2)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(random);
        if (!(limit >= 0.1f)) throw new ArgumentOutOfRangeException(nameof(limit), limit, "the limit is at least 0.1 deviations");
        var values = weight.Span;
        random.Normal(values);
        var spare = new float[256];
        int used = spare.Length;
        for (int i = 0; i < values.Length; i++)
        {
            while (!(MathF.Abs(values[i]) <= limit))
            {
                if (used == spare.Length)
                {
                    random.Normal(spare);
                    used = 0;
                }

                values[i] = spare[used++];
            }

            values[i] *= deviation;
        }
    }
}
