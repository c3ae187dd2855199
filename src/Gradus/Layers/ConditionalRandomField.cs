using System.Buffers;
using Gradus.Initializers;
using Gradus.Kernels;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>
/// A linear-chain conditional random field: the output layer of a tagger, which scores whole tag sequences. A sequence's score is the
/// start score of its first tag, the emission of each step's tag, the transition between each two neighbours, and the end score of its
/// last tag; its probability is e^score over the sum of e^score over all sequences.
/// </summary>
/// <remarks>
/// Input: emissions <c>[batch, time, tags]</c>; output of <see cref="Forward(Tensor)"/>: log Z <c>[batch]</c>. Train with
/// <see cref="NegativeLogLikelihood"/>, use with <see cref="Decode(Tensor, IntTensor?)"/>. Parameters, uniform in ±0.1: transitions <c>[tags, tags]</c>, from
/// the row's tag to the column's, start_transitions and end_transitions <c>[tags]</c>. Negative infinity forbids a transition.
/// Lafferty, McCallum and Pereira 2001, "Conditional random fields"; as a layer: Lample et al. 2016, https://arxiv.org/abs/1603.01360, section 2.2.
/// </remarks>
public sealed class ConditionalRandomField : Layer
{
    private const float Bound = 0.1f;

    /// <summary>A chain over tags.</summary>
    /// <param name="tags">The number of tags, at least 1.</param>
    /// <param name="random">Where the parameters' first values come from.</param>
    public ConditionalRandomField(int tags, RandomSource? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tags, 1);
        (Transitions, StartTransitions, EndTransitions) = (Parameter.Zeros([tags, tags]), Parameter.Zeros([tags]), Parameter.Zeros([tags]));
        random ??= DefaultRandom.Next();
        foreach (var parameter in new[] { Transitions, StartTransitions, EndTransitions }) random.Uniform(parameter.Span, -Bound, Bound);
    }

    /// <summary>The score of each tag before each other, <c>[tags, tags]</c>.</summary>
    public Parameter Transitions { get; }

    /// <summary>The score of each tag as the first, <c>[tags]</c>.</summary>
    public Parameter StartTransitions { get; }

    /// <summary>The score of each tag as the last, <c>[tags]</c>.</summary>
    public Parameter EndTransitions { get; }

    /// <summary>log Z, <c>[batch]</c>; its gradient with respect to the emissions is the probability of each tag at each step.</summary>
    /// <exception cref="ShapeException">The emissions are not <c>[batch, time, tags]</c>.</exception>
    public override Tensor Forward(Tensor x) => LogPartition(x);

    /// <summary>log Z of sequences of different lengths, <c>[batch]</c>.</summary>
    /// <param name="emissions"><c>[batch, time, tags]</c>; what stands behind a sequence's end is not read.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
    /// <exception cref="ShapeException">The emissions are not <c>[batch, time, tags]</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is out of range.</exception>
    public Tensor LogPartition(Tensor emissions, IntTensor? lengths = null) =>
        emissions.LinearChainLogPartition(Transitions, StartTransitions, EndTransitions, lengths);

    /// <summary>The loss: minus the logarithm of the tags' probability, the mean over the batch.</summary>
    /// <param name="emissions"><c>[batch, time, tags]</c>.</param>
    /// <param name="tags"><c>[batch, time]</c>; without lengths, a tag below 0 ends its sequence.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A tag or a length is out of range.</exception>
    public Tensor NegativeLogLikelihood(Tensor emissions, IntTensor tags, IntTensor? lengths = null) =>
        emissions.LinearChainNegativeLogLikelihood(Transitions, StartTransitions, EndTransitions, tags, lengths).Mean();

    /// <summary>The most probable tag sequences.</summary>
    /// <param name="emissions"><c>[batch, time, tags]</c>.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
    /// <returns><c>[batch, time]</c>; -1 behind a sequence's end.</returns>
    /// <exception cref="ShapeException">The emissions are not <c>[batch, time, tags]</c>.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each sequence, or one is out of range.</exception>
    public IntTensor Decode(Tensor emissions, IntTensor? lengths = null)
    {
        ArgumentNullException.ThrowIfNull(emissions);
        int[] best = new int[emissions.Shape.Rank == 3 ? emissions.Shape[0] * emissions.Shape[1] : 0];
        Decode(emissions, lengths, best);
        return new IntTensor(best, emissions.Shape[..2]);
    }

    /// <summary>The most probable tag sequences, into memory of the caller's; a warm call allocates nothing.</summary>
    /// <param name="emissions"><c>[batch, time, tags]</c>.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
    /// <param name="best">Takes <c>[batch, time]</c> tags; -1 behind a sequence's end. What is longer stays as it is.</param>
    /// <exception cref="ShapeException">The emissions are not <c>[batch, time, tags]</c>.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each sequence, one is out of range, or the memory is too short.</exception>
    public void Decode(Tensor emissions, IntTensor? lengths, int[] best)
    {
        ArgumentNullException.ThrowIfNull(emissions);
        ArgumentNullException.ThrowIfNull(best);
        int tags = StartTransitions.Count;
        var shape = emissions.Shape;
        if (shape.Rank != 3 || shape[2] != tags) throw new ShapeException($"a random field over {tags} tags expects emissions [batch, time, {tags}]; got {shape}");
        int batch = shape[0], time = shape[1];
        if (lengths is not null && lengths.Span.Length != batch) throw new ArgumentException($"{shape} emissions need {batch} lengths; got {lengths.Span.Length}", nameof(lengths));
        if (lengths is not null && lengths.Span.IndexOfAnyExceptInRange(0, time) is >= 0 and int wrong)
            throw new ArgumentOutOfRangeException(nameof(lengths), $"a length of {lengths.Span[wrong]} is outside 0 to {time}, the steps of {shape}");

        if (best.Length < batch * time) throw new ArgumentException($"the tags of {shape} emissions need {batch * time} places; got {best.Length}", nameof(best));
        best.AsSpan(0, batch * time).Fill(-1);
        int width = LinearChain.Width(tags);
        float[] padded = ArrayPool<float>.Shared.Rent(tags * width);
        padded.AsSpan(0, tags * width).Clear();
        for (int i = 0; i < tags; i++) Transitions.Span.Slice(i * tags, tags).CopyTo(padded.AsSpan(i * width));
        Tiles.Run(batch, 2L * shape.Count * tags, (this, emissions, lengths, padded, best), static (s, sequence) =>
        {
            var (field, emissions, lengths, padded, best) = s;
            int time = emissions.Shape[1], tags = emissions.Shape[2], length = lengths is null ? time : lengths.Span[sequence];
            if (length == 0) return;
            float[] working = ArrayPool<float>.Shared.Rent(LinearChain.DecodingLength(length, tags));
            LinearChain.Decode(
                emissions.Span.Slice(sequence * time * tags, length * tags), padded.AsSpan(0, tags * LinearChain.Width(tags)), field.StartTransitions.Span,
                field.EndTransitions.Span, working.AsSpan(0, LinearChain.DecodingLength(length, tags)), best.AsSpan(sequence * time, length));
            ArrayPool<float>.Shared.Return(working);
        });
        ArrayPool<float>.Shared.Return(padded);
    }
}
