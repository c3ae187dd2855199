namespace Gradus.Initializers;

/// <summary>How many inputs feed one output of a weight, and how many outputs one input feeds.</summary>
internal static class Fan
{
    /// <exception cref="ShapeException">The weight has fewer than two axes.</exception>
    public static (int Inputs, int Outputs) Of(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        var shape = weight.Shape;
        if (shape.Rank < 2) throw new ShapeException($"an initialiser needs a weight [out, in, ...] to know how many inputs there are; got {shape}");
        int window = shape[2..].Count; // 1 for a matrix
        return (shape[1] * window, shape[0] * window);
    }
}
