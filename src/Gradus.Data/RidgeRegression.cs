using System.Numerics.Tensors;

namespace Gradus.Data;

/// <summary>
/// Least squares with an L2 penalty, solved without training: the W that minimises |Y - X W|² / (2 n) + λ/2 |W|² is (XᵀX/n + λ I)⁻¹ XᵀY/n.
/// </summary>
/// <remarks>
/// Hoerl and Kennard 1970, "Ridge regression: biased estimation for nonorthogonal problems", equation 2.1. With more features than samples it
/// solves the smaller system Xᵀ (XXᵀ/n + λ I)⁻¹ Y/n, which is the same. As λ goes to 0 the solution goes to that of least squares, and where there
/// are many of those to the one of smallest norm. Double precision inside; the features are taken as they are, without a constant.
/// </remarks>
public static class RidgeRegression
{
    /// <summary>The weights.</summary>
    /// <param name="samples">X, <c>[count, features]</c>.</param>
    /// <param name="targets">Y, <c>[count, outputs]</c>.</param>
    /// <param name="strength">λ, at least 0.</param>
    /// <returns>W, <c>[features, outputs]</c>.</returns>
    /// <exception cref="ShapeException">These are not two matrices with as many rows.</exception>
    /// <exception cref="ArithmeticException">The system is singular: features or samples depend on each other, and λ is too small to tell them apart.</exception>
    public static Tensor Solve(Tensor samples, Tensor targets, double strength)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(targets);
        if (samples.Shape.Rank != 2 || targets.Shape.Rank != 2 || samples.Shape[0] != targets.Shape[0])
            throw new ShapeException($"samples [count, features] need targets [count, outputs]; got {samples.Shape} and {targets.Shape}");
        if (!(strength >= 0)) throw new ArgumentOutOfRangeException(nameof(strength), strength, "a penalty's strength is at least 0");
        int count = samples.Shape[0], features = samples.Shape[1];
        bool primal = features <= count;
        double[][] rows = Rows(samples, transposed: false), columns = Rows(samples, transposed: true), values = Rows(targets, transposed: true);
        double[][] factor = Factor(Gram(primal ? columns : rows, count, strength));
        var weights = Tensor.Zeros([features, values.Length]);
        for (int output = 0; output < values.Length; output++)
        {
            double[] y = values[output];
            double[] solution = primal
                ? Solve(factor, [.. columns.Select(column => TensorPrimitives.Dot<double>(column, y) / count)])
                : Solve(factor, [.. y.Select(value => value / count)]);
            for (int j = 0; j < features; j++)
                weights.Span[j * values.Length + output] = (float)(primal ? solution[j] : TensorPrimitives.Dot<double>(columns[j], solution));
        }

        return weights;
    }

    private static double[][] Rows(Tensor matrix, bool transposed)
    {
        int height = matrix.Shape[0], width = matrix.Shape[1];
        var rows = new double[transposed ? width : height][];
        var values = matrix.ToArray();
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = new double[transposed ? height : width];
            for (int j = 0; j < rows[i].Length; j++) rows[i][j] = transposed ? values[j * width + i] : values[i * width + j];
        }

        return rows;
    }

    // The lower half of the vectors' inner products over n, with λ on the diagonal.
    private static double[][] Gram(double[][] vectors, int count, double strength)
    {
        var gram = new double[vectors.Length][];
        for (int i = 0; i < gram.Length; i++)
        {
            gram[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) gram[i][j] = TensorPrimitives.Dot<double>(vectors[i], vectors[j]) / count;
            gram[i][i] += strength;
        }

        return gram;
    }

    // Cholesky: the lower L with L Lᵀ = A, row by row, in the place of A.
    private static double[][] Factor(double[][] a)
    {
        for (int i = 0; i < a.Length; i++)
        {
            double diagonal = a[i][i];
            for (int j = 0; j < i; j++) a[i][j] = (a[i][j] - TensorPrimitives.Dot<double>(a[i].AsSpan(0, j), a[j].AsSpan(0, j))) / a[j][j];
            double rest = diagonal - TensorPrimitives.SumOfSquares<double>(a[i].AsSpan(0, i));
            if (!(rest > diagonal * 1e-15)) throw new ArithmeticException($"row {i} of the {a.Length} x {a.Length} system depends on those before it: use a larger strength");
            a[i][i] = Math.Sqrt(rest);
        }

        return a;
    }

    private static double[] Solve(double[][] factor, double[] b)
    {
        for (int i = 0; i < b.Length; i++) b[i] = (b[i] - TensorPrimitives.Dot<double>(factor[i].AsSpan(0, i), b.AsSpan(0, i))) / factor[i][i];
        for (int i = b.Length - 1; i >= 0; i--)
        {
            b[i] /= factor[i][i];
            TensorPrimitives.MultiplyAdd(factor[i].AsSpan(0, i), -b[i], b.AsSpan(0, i), b.AsSpan(0, i));
        }

        return b;
    }
}
