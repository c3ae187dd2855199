using System.Numerics.Tensors;

namespace Gradus.Graph;

/// <summary>
/// The gradient by central differences, (f(x + h) - f(x - h)) / 2h for one element after the other: slow, and right whatever the
/// backward rules are, so that it is what they are checked against.
/// </summary>
/// <remarks>
/// In single precision the error is about 1e-7 |f| / h from rounding and h² f''' / 6 from the curvature: h = 1e-2 suits values of the order of 1.
/// </remarks>
/// <example><code>
/// loss().Backward();
/// double error = CentralDifferences.Distance(weight.Gradient!, CentralDifferences.Of(loss, weight));
/// </code></example>
public static class CentralDifferences
{
    /// <summary>The derivative of a loss with respect to every element of a tensor, which is left as it was.</summary>
    /// <param name="loss">Computes a scalar, the same for the same values; called twice for every element.</param>
    /// <param name="values">What the loss depends on.</param>
    /// <param name="step">h, above 0.</param>
    /// <returns>A tensor of the values' shape.</returns>
    public static Tensor Of(Func<Tensor> loss, Tensor values, float step = 1e-2f)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(values);
        if (!(step > 0)) throw new ArgumentOutOfRangeException(nameof(step), step, "the step is above 0");
        using var off = GradientMode.Off();
        var slopes = Tensor.Zeros(values.Shape);
        for (int i = 0; i < values.Count; i++)
        {
            float value = values.Span[i], above = value + step, below = value - step;
            try
            {
                values.Span[i] = above;
                double high = loss().Item();
                values.Span[i] = below;
                slopes.Span[i] = (float)((high - loss().Item()) / ((double)above - below)); // the step that was really made
            }
            finally
            {
                values.Span[i] = value;
            }
        }

        return slopes;
    }

    /// <summary>The relative error of a gradient: its largest distance from the differences over the largest of these; NaN if a value is NaN.</summary>
    /// <param name="gradient">What is checked.</param>
    /// <param name="differences">What it is checked against, of the same shape.</param>
    public static double Distance(Tensor gradient, Tensor differences)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        ArgumentNullException.ThrowIfNull(differences);
        if (gradient.Shape != differences.Shape) throw new ShapeException($"a gradient {gradient.Shape} has no distance from differences {differences.Shape}");
        var apart = new float[gradient.Count];
        TensorPrimitives.Subtract(gradient.Span, differences.Span, apart);
        double largest = TensorPrimitives.MaxMagnitude<float>(apart), scale = TensorPrimitives.MaxMagnitude<float>(differences.Span);
        return largest == 0 ? 0 : Math.Abs(largest) / Math.Abs(scale);
    }
}
