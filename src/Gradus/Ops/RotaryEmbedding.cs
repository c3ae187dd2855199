using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// Rotary position embedding: in each head the pair (x_i, x_{i + d/2}) of time step t is turned by the angle t · θ_i, so that the product of
/// a query and a key depends on their distance alone. The gradient turns the other way.
/// </summary>
/// <param name="heads">How many heads lie in the last axis.</param>
/// <param name="turned">How many of them, from the first, are turned.</param>
/// <remarks>
/// Su, Lu, Pan, Murtadha, Wen and Liu 2021, https://arxiv.org/abs/2104.09864, equation 34. Theirs are the pairs (2i, 2i + 1): another order
/// of a head's numbers, which a learned projection does not notice.
/// </remarks>
internal sealed class RotaryEmbedding(int heads, int turned) : Operation
{
    public override object Settings => (heads, turned);

    // inputs: x [batch, time, heads · d], cosines and sines [time, d / 2]
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        Require(x.Rank == 3 && x[2] % (2 * heads) == 0 && x[2] > 0, $"a rotary embedding of {heads} heads expects [batch, time, {heads} · d] with an even d; got {x}");
        Shape table = [x[1], x[2] / heads / 2];
        Require(inputs[1] == table && inputs[2] == table, $"a rotary embedding of {x} with {heads} heads needs cosines and sines {table}; got {inputs[1]} and {inputs[2]}");
        return new Signature(x) { BackwardReads = Reads.Weights };
    }

    protected internal override void Forward(Frame f) => Turn(f, f.Input(0), f.Output, backward: false);

    protected internal override void Backward(Frame f) => Turn(f, f.OutputGradient, f.InputGradient(0), backward: true);

    private void Turn(Frame f, ReadOnlySpan<float> x, Span<float> y, bool backward)
    {
        int width = f.OutputShape[2], size = width / heads;
        Rotation.Turn(x, y, f.Input(1), f.Input(2), width, turned * size, size, backward);
    }
}

/// <summary>Rotary position embedding of tensors.</summary>
public static class RotaryEmbeddingExtensions
{
    extension(Tensor x)
    {
        /// <summary>Turns the pairs (i, i + d/2) of each head of <c>[batch, time, heads · d]</c> by angles that grow with the time step.</summary>
        /// <param name="cosines">Of the angles, <c>[time, d / 2]</c>.</param>
        /// <param name="sines">Of the angles, <c>[time, d / 2]</c>.</param>
        /// <param name="heads">How many heads lie in the last axis, at least 1.</param>
        /// <param name="turned">How many of them, from the first, are turned; null for all. Of queries, keys and values side by side: two thirds.</param>
        /// <returns>A tensor of the same shape.</returns>
        /// <exception cref="ShapeException">The shapes do not fit together.</exception>
        /// <exception cref="ArgumentException">A table asks for a gradient, and none flows into it.</exception>
        public Tensor RotateByPosition(Tensor cosines, Tensor sines, int heads, int? turned = null)
        {
            ArgumentNullException.ThrowIfNull(cosines);
            ArgumentNullException.ThrowIfNull(sines);
            ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(turned ?? 0, heads, nameof(turned));
            if (cosines.DependsOnParameters || sines.DependsOnParameters)
                throw new ArgumentException("the angles of a rotary embedding ask for a gradient, and none flows into them: use Detach()", nameof(cosines));
            return new RotaryEmbedding(heads, turned ?? heads).Apply(x, cosines, sines);
        }
    }
}
