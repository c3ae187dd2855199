using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>
/// Tags every step of a sequence: a recurrent network scores each step's tags, and a random field above it the whole tag sequence. Train
/// with <see cref="SequenceModel.Objective"/>, or without lengths with <see cref="Loss(Tensor, IntTensor)"/>, and use with <see cref="Decode"/>.
/// </summary>
/// <remarks>Input <c>[batch, time, features]</c>, output of <see cref="Forward(Tensor, IntTensor?)"/>: emissions <c>[batch, time, tags]</c>.</remarks>
public sealed class SequenceTagger : SequenceModel
{
    private readonly RecurrentLayers _recurrent;
    private readonly Linear _emit;
    private int[] _decoded = [];

    /// <summary>A tagger over a recurrent network.</summary>
    /// <param name="recurrent">Reads the sequence.</param>
    /// <param name="tags">The number of tags, at least 1.</param>
    /// <param name="random">Where the parameters' first values come from.</param>
    public SequenceTagger(RecurrentLayers recurrent, int tags, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(recurrent);
        _recurrent = recurrent;
        _emit = new Linear(recurrent.Features, tags, random: random);
        Field = new ConditionalRandomField(tags, random);
    }

    /// <summary>The random field over the emissions.</summary>
    public ConditionalRandomField Field { get; }

    /// <summary>The score of each tag at each step, before the random field; what stands behind a sequence's end is not read.</summary>
    /// <param name="x"><c>[batch, time, features]</c>.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each sequence, or one is out of range.</exception>
    public override Tensor Forward(Tensor x, IntTensor? lengths)
    {
        x = _recurrent.Forward(x, lengths);            // [n, time, hidden]
        return _emit.Forward(x);                       // [n, time, tags]
    }

    /// <summary>Minus the logarithm of the tags' probability, the mean over the batch.</summary>
    /// <param name="emissions">What <see cref="Forward(Tensor, IntTensor?)"/> gives, <c>[batch, time, tags]</c>.</param>
    /// <param name="tags"><c>[batch, time]</c>; a tag below 0 ends its sequence.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A tag is out of range.</exception>
    public Tensor Loss(Tensor emissions, IntTensor tags) => Field.NegativeLogLikelihood(emissions, tags);

    /// <summary>The same for sequences of given lengths.</summary>
    /// <param name="output">The emissions, <c>[batch, time, tags]</c>.</param>
    /// <param name="labels">The tags, <c>[batch, time]</c>.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null: a tag below 0 ends its sequence.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A tag or a length is out of range.</exception>
    public override Tensor Loss(Tensor output, IntTensor labels, IntTensor? lengths) => Field.NegativeLogLikelihood(output, labels, lengths);

    /// <summary>How many tags the most probable sequences share with the given ones, of how many; a tag below 0 does not count.</summary>
    /// <param name="output">The emissions, <c>[batch, time, tags]</c>.</param>
    /// <param name="labels">The tags, <c>[batch, time]</c>.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
    /// <exception cref="ShapeException">The emissions have another shape.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each sequence, or one is out of range.</exception>
    public override (long Correct, long Count) Correct(Tensor output, IntTensor labels, IntTensor? lengths)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ReadOnlySpan<int> tags = labels.Span;
        if (_decoded.Length < tags.Length) _decoded = new int[tags.Length];
        Field.Decode(output, lengths, _decoded);
        var (correct, count) = (0L, 0L);
        for (int place = 0; place < tags.Length; place++)
        {
            if (tags[place] < 0 || _decoded[place] < 0) continue;
            count++;
            if (tags[place] == _decoded[place]) correct++;
        }

        return (correct, count);
    }

    /// <summary>The most probable tags, <c>[batch, time]</c>; -1 behind a sequence's end.</summary>
    /// <param name="x"><c>[batch, time, features]</c>.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each sequence, or one is out of range.</exception>
    public IntTensor Decode(Tensor x, IntTensor? lengths = null)
    {
        using var off = Graph.GradientMode.Off();
        return Field.Decode(Forward(x, lengths), lengths);
    }
}
