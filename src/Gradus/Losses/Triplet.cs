using Gradus.Ops;

namespace Gradus.Losses;

/// <summary>
/// The mean of max(0, |a - p|² - |a - n|² + margin): an anchor a is to be nearer to a positive p of its kind than to a negative n of another.
/// </summary>
/// <remarks>Embeddings <c>[batch, features]</c>, as a rule of length 1. Schroff, Kalenichenko and Philbin 2015, https://arxiv.org/abs/1503.03832, equation 3.</remarks>
public static class Triplet
{
    /// <summary>The loss of given triplets, a scalar.</summary>
    /// <param name="anchor"><c>[batch, features]</c>.</param>
    /// <param name="positive">Of the same shape.</param>
    /// <param name="negative">Of the same shape.</param>
    /// <param name="margin">By how much another kind is to be farther away, in squared distance.</param>
    /// <exception cref="ShapeException">The shapes differ, or are not <c>[batch, features]</c>.</exception>
    public static Tensor Of(Tensor anchor, Tensor positive, Tensor negative, float margin = 0.2f)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        ArgumentNullException.ThrowIfNull(positive);
        ArgumentNullException.ThrowIfNull(negative);
        if (anchor.Shape.Rank != 2 || anchor.Shape != positive.Shape || anchor.Shape != negative.Shape)
            throw new ShapeException($"triplets are three tensors [batch, features] of one shape; got {anchor.Shape}, {positive.Shape} and {negative.Shape}");
        Tensor near = anchor - positive, far = anchor - negative;
        return ((near * near).Sum(1) - (far * far).Sum(1) + margin).Relu().Mean();
    }

    /// <summary>The loss of the triplets that mining finds in a batch, a scalar; 0 if there are none.</summary>
    /// <param name="embeddings"><c>[batch, features]</c>.</param>
    /// <param name="labels"><c>[batch]</c>: what kind each is of.</param>
    /// <param name="mining">Which triplets count.</param>
    /// <param name="margin">By how much another kind is to be farther away, in squared distance.</param>
    /// <exception cref="ShapeException">The embeddings are not a matrix, or there are more or fewer labels than rows.</exception>
    public static Tensor Mined(Tensor embeddings, IntTensor labels, TripletMining mining = TripletMining.BatchHard, float margin = 0.2f) =>
        embeddings.MinedTriplets(labels, margin, mining);
}
