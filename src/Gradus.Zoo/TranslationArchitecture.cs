namespace Gradus.Zoo;

/// <summary>What the architectures that make one token sequence from another have in common: their input.</summary>
public abstract class TranslationArchitecture : Architecture
{
    private protected TranslationArchitecture() { }

    /// <summary>Source and target, <c>[2, time]</c>: see <see cref="SequenceToSequence.Forward(Tensor)"/>. Other times do as well.</summary>
    public sealed override Shape Input => [2, 32];

    /// <summary>The vocabulary of both, three reserved tokens included.</summary>
    public sealed override int Outputs => 256;

    /// <inheritdoc/>
    public sealed override LearningTask Task => LearningTask.Translation;

    /// <inheritdoc/>
    protected sealed override Layer Create(Shape input, int outputs, RandomSource random) =>
        input[0] == 2 ? Create(outputs, random) : throw new ShapeException($"{Name} takes source and target beside each other, [2, time]; got {input}");

    /// <summary>Builds the network for a vocabulary of both sequences.</summary>
    private protected abstract SequenceToSequence Create(int vocabulary, RandomSource random);
}
