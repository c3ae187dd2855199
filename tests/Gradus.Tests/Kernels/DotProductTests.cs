using Gradus.Kernels;

namespace Gradus.Tests.Kernels;

/// <summary>Products with few elements and long sums, whose second operand is transposed: they go another way than the others.</summary>
public class DotProductTests
{
    [Theory]
    [InlineData(4, 4, 4096), InlineData(32, 128, 5777), InlineData(5, 7, 2049), InlineData(1, 1, 9001), InlineData(33, 2, 4111), InlineData(3, 64, 65536)]
    public void A_long_sum_agrees_with_the_definition(int rows, int columns, int depth)
    {
        float[] a = new float[rows * depth], b = new float[columns * depth], c = new float[rows * columns];
        new RandomSource(1).Uniform(a, -1, 1);
        new RandomSource(2).Uniform(b, -1, 1);
        MatrixMultiplication.Multiply(a, false, b, true, c, rows, columns, depth);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                double sum = 0, size = 0;
                for (int i = 0; i < depth; i++)
                {
                    double term = (double)a[row * depth + i] * b[column * depth + i];
                    sum += term;
                    size += Math.Abs(term);
                }

                Assert.True(Math.Abs(sum - c[row * columns + column]) <= 1e-6 * size, $"{sum} != {c[row * columns + column]} at {row}, {column}");
            }
        }
    }
}
