using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>Layer normalisation: each sample to zero mean and unit variance over its last axes, then scaled and shifted element by element.</summary>
/// <remarks>
/// Input and output <c>[..., normalised axes...]</c>. Parameters of the normalised axes' shape: weight = 1, bias = 0.
/// Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450, equations 3 and 4.
/// </remarks>
public sealed class LayerNorm : Layer
{
    private readonly float _epsilon;
    private readonly int _axes;

    /// <summary>Layer normalisation over the last axis.</summary>
    /// <param name="width">The size of the last axis.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="affine">Whether the result is scaled.</param>
    /// <param name="bias">Whether the scaled result is shifted.</param>
    public LayerNorm(int width, float epsilon = 1e-5f, bool affine = true, bool bias = true) : this(Shape.Of([width]), epsilon, affine, bias) { }

    /// <summary>Layer normalisation over the last axes.</summary>
    /// <param name="axes">Their sizes.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="affine">Whether the result is scaled.</param>
    /// <param name="bias">Whether the scaled result is shifted.</param>
    /// <exception cref="ArgumentException">There is no axis.</exception>
    public LayerNorm(Shape axes, float epsilon = 1e-5f, bool affine = true, bool bias = true)
    {
        if (axes.Rank == 0) throw new ArgumentException("layer normalisation needs at least one axis; give the last axis's size", nameof(axes));
        (_axes, _epsilon) = (axes.Rank, epsilon);
        Weight = affine ? Parameter.Ones(axes) : null;
        Bias = affine && bias ? Parameter.Zeros(axes) : null;
    }

    /// <summary>The scale, of the normalised axes' shape; null if the layer has none.</summary>
    public Parameter? Weight { get; }

    /// <summary>The shift, of the normalised axes' shape; null if the layer has none.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The input's last axes are others.</exception>
    public override Tensor Forward(Tensor x) => x.LayerNormalize(Weight, Bias, _epsilon, _axes);
}
