using Gradus.Graph;

namespace Gradus.Ops;

/// <summary>
/// Logits scale · cos θ, and scale · (cos(θ + angle) - cosine) at the label: what makes the label's class harder to reach than the others.
/// Where θ + angle exceeds π, cos θ - angle · sin(angle) stands in for the cosine, which would rise again.
/// </summary>
/// <remarks>
/// Deng, Guo, Xue and Zafeiriou 2019, https://arxiv.org/abs/1801.07698, equation 3 (ArcFace, an angle); Wang et al. 2018,
/// https://arxiv.org/abs/1801.09414, equation 4 (CosFace, a cosine).
/// </remarks>
internal sealed class AngularMargin(float scale, float angle, float cosine) : Operation
{
    private const float SmallestSine = 1e-3f; // the derivative of the arc cosine has no bound at ±1

    public override object Settings => (scale, angle, cosine);

    // inputs: cosines [batch, classes]; integers: labels [batch]
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        Require(inputs[0].Rank == 2 && inputs[0].Count > 0, $"an angular margin expects cosines [batch, classes] with at least one of each; got {inputs[0]}");
        return new Signature(inputs[0]);
    }

    protected internal override void Forward(Frame f)
    {
        int batch = f.InputShape(0)[0], classes = f.InputShape(0)[1];
        SoftmaxCrossEntropy.RequireOneLabelEach(f, batch);
        System.Numerics.Tensors.TensorPrimitives.Multiply(f.Input(0), scale, f.Output);
        for (int row = 0; row < batch; row++)
        {
            int place = row * classes + f.Integers(0)[row];
            float x = f.Input(0)[place];
            f.Output[place] = scale * ((Wraps(x) ? x - angle * MathF.Sin(angle) : x * MathF.Cos(angle) - MathF.Sqrt(MathF.Max(0, 1 - x * x)) * MathF.Sin(angle)) - cosine);
        }
    }

    protected internal override void Backward(Frame f)
    {
        int batch = f.InputShape(0)[0], classes = f.InputShape(0)[1];
        System.Numerics.Tensors.TensorPrimitives.Multiply(f.OutputGradient, scale, f.InputGradient(0));
        for (int row = 0; row < batch; row++)
        {
            int place = row * classes + f.Integers(0)[row];
            float x = f.Input(0)[place];
            if (!Wraps(x)) f.InputGradient(0)[place] *= MathF.Cos(angle) + MathF.Sin(angle) * x / MathF.Max(SmallestSine, MathF.Sqrt(MathF.Max(0, 1 - x * x)));
        }
    }

    private bool Wraps(float x) => x < -MathF.Cos(angle); // cos θ < cos(π - angle)
}

/// <summary>Angular margins on cosines.</summary>
public static class AngularMarginExtensions
{
    extension(Tensor cosines)
    {
        /// <summary>Logits from cosines <c>[batch, classes]</c>, with a margin at the labels: scale · cos θ, and scale · (cos(θ + angle) - cosine).</summary>
        /// <param name="labels"><c>[batch]</c>, each from 0 to classes - 1.</param>
        /// <param name="scale">What all cosines are multiplied by.</param>
        /// <param name="angle">What is added to the label's angle, in radians, from 0 to below π/2.</param>
        /// <param name="cosine">What is subtracted from the label's cosine, at least 0.</param>
        /// <exception cref="ArgumentOutOfRangeException">A label is not a class, or a margin is out of range.</exception>
        public Tensor AngularMargin(IntTensor labels, float scale, float angle, float cosine)
        {
            if (!(angle >= 0 && angle < MathF.PI / 2)) throw new ArgumentOutOfRangeException(nameof(angle), $"an angular margin of {angle} is outside 0 to π/2 radians");
            if (!(cosine >= 0)) throw new ArgumentOutOfRangeException(nameof(cosine), $"a margin of {cosine} is below 0");
            return new AngularMargin(scale, angle, cosine).ApplyAll([cosines], [labels])[0];
        }
    }
}
