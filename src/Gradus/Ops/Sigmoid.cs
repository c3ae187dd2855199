using System.Numerics;
using System.Numerics.Tensors;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>The logistic function 1 / (1 + e⁻ˣ), range (0, 1); dx = dy · y · (1 - y).</summary>
internal sealed class Sigmoid() : UnaryOperation(Reads.Outputs)
{
    internal override bool IsCostly => true;

    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Sigmoid(x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        LaneLoops.Derive<Derivative>(x, y, dy, dx);

    private readonly struct Derivative : ILaneDerivative
    {
        public static Vector<float> Of(Vector<float> x, Vector<float> y, Vector<float> dy) => dy * y * (Vector<float>.One - y);
    }
}

/// <summary>The logistic function on tensors.</summary>
public static class SigmoidExtensions
{
    extension(Tensor x)
    {
        /// <summary>1 / (1 + e⁻ˣ), element by element.</summary>
        public Tensor Sigmoid() => new Sigmoid().Apply(x);
    }
}
