using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// y = x Wᵀ + b over the last axis, optionally followed by ReLU. With dY the gradient before the activation:
/// dX = dY W, dW = dYᵀ X, db = the column sums of dY.
/// </summary>
internal sealed class Linear(bool relu = false) : Operation
{
    // inputs: x [rows..., in], weight [out, in], bias [out] (optional)
    public override object Settings => relu;

    public bool HasRelu => relu;

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var (x, weight) = (inputs[0], inputs[1]);
        Require(x.Rank >= 1 && weight.Rank == 2 && x[^1] == weight[1], $"a linear layer with weight {weight} expects [..., {weight[^1]}]; got {x}");
        Require(inputs.Length == 2 || inputs[2] == Shape.Of([weight[0]]), $"the bias of weight {weight} must be [{weight[0]}]");
        var output = x.With(x.Rank - 1, weight[0]);
        return new Signature(output)
        {
            BackwardScratch = relu ? output.Count : 0,
            BackwardReads = relu ? Reads.Inputs | Reads.Outputs : Reads.Inputs,
        };
    }

    protected internal override long MultiplyAdds(ReadOnlySpan<Shape> inputs, Shape output) => (long)output.Count * inputs[1][1];

    internal override int InputsAlong(int axis, ReadOnlySpan<Shape> inputs) => axis < inputs[0].Rank - 1 ? 1 : 0;

    protected internal override void Forward(Frame f)
    {
        var (rows, columns, depth) = Sizes(f);
        MatrixMultiplication.Multiply(
            f.Input(0), false, f.Input(1), true, f.Output, rows, columns, depth,
            bias: f.InputCount > 2 ? f.Input(2) : [], activation: relu ? FusedActivation.Relu : FusedActivation.None);
    }

    protected internal override void Backward(Frame f)
    {
        var (rows, columns, depth) = Sizes(f);
        var gradient = f.OutputGradient;
        if (relu)
        {
            Activations.MaskRelu(f.Output, gradient, f.BackwardScratch);
            gradient = f.BackwardScratch;
        }

        if (f.Wants(0)) MatrixMultiplication.Multiply(gradient, false, f.Input(1), false, f.InputGradient(0), rows, depth, columns);
        if (f.Wants(1)) MatrixMultiplication.Multiply(gradient, true, f.Input(0), false, f.InputGradient(1), columns, depth, rows);
        if (f.InputCount > 2 && f.Wants(2)) Reductions.SumRows(gradient, f.InputGradient(2), rows, columns);
    }

    private static (int Rows, int Columns, int Depth) Sizes(Frame f)
    {
        var weight = f.InputShape(1);
        return (f.OutputShape.Count / Math.Max(weight[0], 1), weight[0], weight[1]);
    }
}

/// <summary>The linear layer's product on tensors.</summary>
public static class LinearExtensions
{
    extension(Tensor x)
    {
        /// <summary>x Wᵀ + b over the last axis.</summary>
        /// <param name="weight"><c>[out, in]</c>.</param>
        /// <param name="bias"><c>[out]</c>, or null for none.</param>
        /// <returns><c>[..., out]</c> for x <c>[..., in]</c>.</returns>
        /// <exception cref="ShapeException">The last axis of x is not <c>in</c>.</exception>
        public Tensor Linear(Tensor weight, Tensor? bias) =>
            bias is null ? new Linear().Apply(x, weight) : new Linear().Apply(x, weight, bias);
    }
}
