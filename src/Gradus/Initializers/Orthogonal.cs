using System.Numerics.Tensors;

namespace Gradus.Initializers;

/// <summary>
/// Orthogonal initialisation: the rows of the weight, seen as a matrix <c>[out, in · window]</c>, are orthonormal (its columns, where there
/// are more rows than columns), so that a signal keeps its length through deep linear layers.
/// </summary>
/// <remarks>
/// Saxe, McClelland and Ganguli 2014, https://arxiv.org/abs/1312.6120, section 3. Q of the QR decomposition of a Gaussian matrix; with a positive
/// diagonal in R it is uniform over all orthogonal matrices: Mezzadri 2007, https://arxiv.org/abs/math-ph/0609050, section 5.
/// </remarks>
public static class Orthogonal
{
    /// <summary>Fills with a random orthogonal matrix, times a gain.</summary>
    /// <param name="weight">A weight with at least two axes, <c>[out, in, ...]</c>.</param>
    /// <param name="random">Where the numbers come from.</param>
    /// <param name="gain">A factor for the activation: 1, or √2 for ReLU.</param>
    /// <exception cref="ShapeException">The weight has fewer than two axes.</exception>
    public static void Fill(Tensor weight, RandomSource random, float gain = 1)
    {
        ArgumentNullException.ThrowIfNull(random);
        _ = Fan.Of(weight);
        if (weight.Count == 0) return;
        int rows = weight.Shape[0], columns = weight.Count / rows;
        bool tall = rows > columns;
        var (count, length) = tall ? (columns, rows) : (rows, columns);
        var gaussian = new float[weight.Count];
        random.Normal(gaussian);
        var vectors = Array.ConvertAll(gaussian, value => (double)value); // [count, length]: one vector after the other
        for (int i = 0; i < count; i++) Orthonormalize(vectors, i, length);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                weight.Span[row * columns + column] = (float)(gain * (tall ? vectors[column * length + row] : vectors[row * length + column]));
        }
    }

    // Gram and Schmidt twice: "twice is enough" (Parlett 1980, section 6.9) for orthogonality to rounding.
    private static void Orthonormalize(double[] vectors, int index, int length)
    {
        var vector = vectors.AsSpan(index * length, length);
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < index; i++)
            {
                ReadOnlySpan<double> earlier = vectors.AsSpan(i * length, length);
                TensorPrimitives.MultiplyAdd(earlier, -TensorPrimitives.Dot<double>(earlier, vector), vector, vector);
            }

            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<double>(vector), vector);
        }
    }
}
