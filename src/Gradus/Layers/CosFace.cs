namespace Gradus.Layers;

/// <summary>A classifier on the sphere whose loss subtracts a margin from the cosine of the label's class.</summary>
/// <remarks>
/// See <see cref="MarginClassifier"/>. Wang et al. 2018, https://arxiv.org/abs/1801.09414, equation 4, with its scale 64 and margin 0.35.
/// </remarks>
/// <param name="features">Features of an embedding, at least 1.</param>
/// <param name="classes">The number of classes, at least 1.</param>
/// <param name="scale">What the cosines are multiplied by, above 0.</param>
/// <param name="margin">What the loss subtracts from the label's cosine, at least 0.</param>
/// <param name="random">Where the weight's first values come from.</param>
public sealed class CosFace(int features, int classes, float scale = 64, float margin = 0.35f, RandomSource? random = null)
    : MarginClassifier(features, classes, scale, angle: 0, cosine: margin, random);
