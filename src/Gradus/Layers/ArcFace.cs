namespace Gradus.Layers;

/// <summary>
/// A classifier on the sphere whose loss adds a margin to the angle of the label's class: embeddings of one class are drawn together more
/// closely than telling the classes apart would need.
/// </summary>
/// <remarks>
/// See <see cref="MarginClassifier"/>. Deng, Guo, Xue and Zafeiriou 2019, https://arxiv.org/abs/1801.07698, equation 3, with its scale 64
/// and margin 0.5.
/// </remarks>
/// <param name="features">Features of an embedding, at least 1.</param>
/// <param name="classes">The number of classes, at least 1.</param>
/// <param name="scale">What the cosines are multiplied by, above 0.</param>
/// <param name="margin">What the loss adds to the label's angle, in radians, from 0 to below π/2.</param>
/// <param name="random">Where the weight's first values come from.</param>
public sealed class ArcFace(int features, int classes, float scale = 64, float margin = 0.5f, RandomSource? random = null)
    : MarginClassifier(features, classes, scale, angle: margin, cosine: 0, random);
