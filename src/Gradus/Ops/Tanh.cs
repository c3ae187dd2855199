using System.Numerics;
using System.Numerics.Tensors;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>The hyperbolic tangent, range (-1, 1); dx = dy · (1 - y²).</summary>
internal sealed class Tanh() : UnaryOperation(Reads.Outputs)
{
    internal override bool IsCostly => true;

    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Tanh(x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        LaneLoops.Derive<Derivative>(x, y, dy, dx);

    private readonly struct Derivative : ILaneDerivative
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y, Vector<float> dy) => dy * (Vector<float>.One - y * y);
    }
}

/// <summary>The hyperbolic tangent on tensors.</summary>
public static class TanhExtensions
{
    extension(Tensor x)
    {
        /// <summary>tanh(x), element by element.</summary>
        public Tensor Tanh() => new Tanh().Apply(x);
    }
}
