using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>Adds sines and cosines of the time step, in wavelengths from 2π to 2π · 10,000: features 2i and 2i + 1 get sin and cos of t · 10000^(-2i / width).</summary>
/// <remarks>Input and output <c>[batch, time, width]</c>. No parameters. Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.5.</remarks>
public sealed class SinusoidalPositions : Layer
{
    private Tensor? _table; // [time, width] of the shape that was seen last

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input is not [batch, time, width].</exception>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank != 3) throw new ShapeException($"sinusoidal positions expect [batch, time, width]; got {x.Shape}");
        var shape = x.Shape[1..];
        if (_table is null || _table.Shape != shape) _table = Tabulate(shape);
        return x + _table;
    }

    private static Tensor Tabulate(Shape shape)
    {
        var table = Tensor.Zeros(shape);
        int width = shape[1];
        for (int i = 0; i < table.Count; i++)
        {
            int time = i / width, feature = i % width;
            double angle = time * Math.Pow(10_000, -(double)(feature - feature % 2) / width);
            table.Span[i] = (float)(feature % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
        }

        return table;
    }
}
