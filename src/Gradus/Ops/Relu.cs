using System.Numerics;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>max(x, 0); the derivative at 0 is 0.</summary>
/// <remarks>Nair and Hinton 2010, "Rectified linear units improve restricted Boltzmann machines".</remarks>
internal sealed class Relu() : UnaryOperation(Reads.Outputs)
{
    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => LaneLoops.Map<Function>(x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        LaneLoops.Derive<Function>(x, y, dy, dx);

    private readonly struct Function : ILaneFunction, ILaneDerivative
    {
        // not Max: NaN must stay NaN
        public static Vector<float> Of(Vector<float> x) => Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), Vector<float>.Zero, x);

        public static Vector<float> Of(Vector<float> x, Vector<float> y, Vector<float> dy) =>
            Vector.ConditionalSelect(Vector.LessThanOrEqual(y, Vector<float>.Zero), Vector<float>.Zero, dy);
    }
}

/// <summary>The rectified linear unit on tensors.</summary>
public static class ReluExtensions
{
    extension(Tensor x)
    {
        /// <summary>max(x, 0), element by element.</summary>
        public Tensor Relu() => new Relu().Apply(x);
    }
}
