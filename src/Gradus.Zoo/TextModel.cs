using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>A network over sequences of vectors, with a learned vector for each token in front of it.</summary>
/// <remarks>Input <c>[batch, time]</c>, token numbers as floats; output: the network's.</remarks>
public sealed class TextModel : SequenceModel
{
    private const float Deviation = 0.1f; // a rare word's vector is mostly chance: at 1 that chance drowns what is learned

    private readonly Embedding _embedding;
    private readonly Dropout _dropout;

    /// <summary>Puts token vectors in front of a network.</summary>
    /// <param name="vocabulary">How many tokens there are, at least 1; number 0 fills up and stays the vector 0.</param>
    /// <param name="features">The length of a vector: the network's features.</param>
    /// <param name="body">The network.</param>
    /// <param name="dropout">The probability with which training drops an element of a vector, from 0 to below 1.</param>
    /// <param name="random">Where the vectors' first values and dropout come from.</param>
    public TextModel(int vocabulary, int features, SequenceModel body, float dropout = 0.5f, RandomSource? random = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        random ??= new RandomSource(1);
        _embedding = new Embedding(vocabulary, features, padding: 0, random);
        for (int i = 0; i < _embedding.Weight.Count; i++) _embedding.Weight.Span[i] *= Deviation;
        _dropout = new Dropout(dropout, random);
        Body = body;
    }

    /// <summary>What reads the token vectors.</summary>
    public SequenceModel Body { get; }

    /// <summary>Puts token vectors in front of an architecture of sequences.</summary>
    /// <param name="architecture">One whose networks are <see cref="SequenceModel"/>s, such as <c>text-lstm</c> or <c>bilstm-crf</c>.</param>
    /// <param name="vocabulary">How many tokens there are, at least 1.</param>
    /// <param name="features">The length of a token's vector, at least 1.</param>
    /// <param name="outputs">The number of classes, or of tags.</param>
    /// <param name="random">Where the parameters' first values come from.</param>
    /// <exception cref="ArgumentException">The architecture's networks do not read sequences of vectors.</exception>
    public static TextModel Of(Architecture architecture, int vocabulary, int features, int outputs, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        if (architecture.Input.Rank != 2 || architecture.Build([architecture.Input[0], features], outputs, random) is not SequenceModel body)
            throw new ArgumentException($"{architecture.Name} does not read sequences of vectors; its samples are such as {architecture.Input}", nameof(architecture));
        return new TextModel(vocabulary, features, body, random: random);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, IntTensor? lengths) => Body.Forward(_dropout.Forward(_embedding.Forward(x)), lengths);

    /// <inheritdoc/>
    public override Tensor Loss(Tensor output, IntTensor labels, IntTensor? lengths) => Body.Loss(output, labels, lengths);

    /// <inheritdoc/>
    public override (long Correct, long Count) Correct(Tensor output, IntTensor labels, IntTensor? lengths) => Body.Correct(output, labels, lengths);
}
