using Gradus.Initializers;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>
/// Classes as directions: the cosine between an embedding and each class's weights, times a scale. What <see cref="ArcFace"/> and
/// <see cref="CosFace"/> have in common; they differ in the margin that their loss asks for.
/// </summary>
/// <remarks>Input <c>[batch, features]</c>, output <c>[batch, classes]</c>. Parameter: weight <c>[classes, features]</c>, by <see cref="Xavier"/>; its rows' lengths do not count.</remarks>
public abstract class MarginClassifier : Layer
{
    private const float Epsilon = 1e-12f; // a row of zeros has no direction, and then the cosine 0

    private readonly float _scale, _angle, _cosine;

    private protected MarginClassifier(int features, int classes, float scale, float angle, float cosine, RandomSource? random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (!(scale > 0)) throw new ArgumentOutOfRangeException(nameof(scale), $"the scale must be a positive number; got {scale}");
        (_scale, _angle, _cosine) = (scale, angle, cosine);
        Weight = Parameter.Zeros([classes, features]);
        Xavier.Uniform(Weight, random ?? DefaultRandom.Next());
    }

    /// <summary>One row for each class, <c>[classes, features]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Logits without a margin, for use: scale · cosine, <c>[batch, classes]</c>.</summary>
    /// <exception cref="ShapeException">The embeddings are not <c>[batch, features]</c>.</exception>
    public override Tensor Forward(Tensor x) => Cosines(x) * _scale;

    /// <summary>The loss: cross-entropy of the logits with the margin at the labels, the mean over the batch.</summary>
    /// <param name="embeddings"><c>[batch, features]</c>.</param>
    /// <param name="labels"><c>[batch]</c>.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ShapeException">The embeddings are not <c>[batch, features]</c>, or there are more or fewer labels than rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class.</exception>
    public Tensor Loss(Tensor embeddings, IntTensor labels) => Cosines(embeddings).AngularMargin(labels, _scale, _angle, _cosine).CrossEntropy(labels);

    private Tensor Cosines(Tensor x) => Direction(x).Linear(Direction(Weight), null);

    private static Tensor Direction(Tensor x) => x / ((x * x).Sum([-1], keepAxes: true) + Epsilon).Sqrt();
}
