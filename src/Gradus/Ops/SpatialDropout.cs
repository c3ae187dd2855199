namespace Gradus.Ops;

/// <summary>Dropout of whole channels.</summary>
public static class SpatialDropoutExtensions
{
    extension(Tensor x)
    {
        /// <summary>
        /// Sets random channels of each sample of <c>[n, c, ...]</c> to 0 and scales the others by 1 / (1 - rate): neighbouring pixels say much the
        /// same, so that dropping single ones hides little.
        /// </summary>
        /// <param name="rate">The probability of 0, from 0 to below 1.</param>
        /// <param name="source">Where the random numbers come from; one stream is taken for each pass.</param>
        /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1).</exception>
        /// <exception cref="ShapeException">The tensor has fewer than three axes.</exception>
        /// <remarks>Tompson, Goroshin, Jain, LeCun and Bregler 2015, https://arxiv.org/abs/1411.4280, section 3.2.</remarks>
        public Tensor SpatialDropout(float rate, RandomSource source)
        {
            if (x.Shape.Rank < 3) throw new ShapeException($"spatial dropout expects [n, c, ...] of at least three axes; got {x.Shape}");
            int[] each = [.. x.Shape.Select((size, axis) => axis < 2 ? size : 1)];
            return x * Tensor.Ones(Shape.Of(each)).Dropout(rate, source); // the mask repeats over the pixels
        }
    }
}
