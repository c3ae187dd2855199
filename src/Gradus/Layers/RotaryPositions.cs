using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>
/// Rotary positions: turns queries and keys by angles t · base^(-2i/d), so that their product depends on their distance alone.
/// <see cref="MultiHeadAttention"/> applies it if it is asked to.
/// </summary>
/// <remarks>
/// Input and output <c>[batch, time, heads · d]</c>, d even. No parameters. Su, Lu, Pan, Murtadha, Wen and Liu 2021,
/// https://arxiv.org/abs/2104.09864, equations 15 and 34, over the pairs (i, i + d/2) of each head.
/// </remarks>
/// <param name="heads">How many heads lie in the last axis.</param>
/// <param name="wavelength">The base: the slowest pair turns once in about 2π · base steps.</param>
public sealed class RotaryPositions(int heads, float wavelength = 10_000) : Layer
{
    private Tensor? _cosines, _sines; // [time, d / 2] of the shape that was seen last

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input is not [batch, time, heads · d] with an even d.</exception>
    public override Tensor Forward(Tensor x) => Turn(x, heads, heads);

    /// <summary>Turns the first of the heads that lie in the last axis.</summary>
    internal Tensor Turn(Tensor x, int all, int turned)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank != 3 || x.Shape[2] % (2 * all) != 0) throw new ShapeException($"rotary positions of {all} heads expect [batch, time, {all} · d] with an even d; got {x.Shape}");
        var table = Shape.Of([x.Shape[1], x.Shape[2] / all / 2]);
        if (_cosines is null || _cosines.Shape != table) (_cosines, _sines) = (Tabulate(table, Math.Cos), Tabulate(table, Math.Sin));
        return x.RotateByPosition(_cosines, _sines!, all, turned);
    }

    private Tensor Tabulate(Shape shape, Func<double, double> function)
    {
        var table = Tensor.Zeros(shape);
        int half = shape[1];
        for (int i = 0; i < table.Count; i++) table.Span[i] = (float)function(i / half * Math.Pow(wavelength, -(double)(i % half) / half));
        return table;
    }
}
