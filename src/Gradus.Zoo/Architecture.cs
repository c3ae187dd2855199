namespace Gradus.Zoo;

/// <summary>A network by name: how to build it for given inputs and classes.</summary>
/// <remarks>One architecture, one file; the generated list behind <see cref="Architectures"/> holds every subclass, which needs a parameterless constructor.</remarks>
public abstract class Architecture
{
    /// <summary>The name on the command line: lower case, with hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>One line that says what it is and where it comes from.</summary>
    public abstract string Description { get; }

    /// <summary>The shape of one sample, without the batch, that the network was designed for: <c>[channels, height, width]</c>, <c>[time, features]</c> or <c>[features]</c>.</summary>
    public abstract Shape Input { get; }

    /// <summary>How many outputs the network was designed for.</summary>
    public abstract int Outputs { get; }

    /// <summary>What it learns to do: unless an architecture says otherwise, to give sequences or pictures one class.</summary>
    public virtual LearningTask Task => Input.Rank == 2 ? LearningTask.SequenceClassification : LearningTask.Classification;

    /// <summary>How to train it where the user does not say otherwise.</summary>
    public virtual TrainingDefaults Defaults => new();

    /// <summary>Builds the network with fresh parameters.</summary>
    /// <param name="input">The shape of one sample; of the same rank as <see cref="Input"/>.</param>
    /// <param name="outputs">The number of classes, at least 1.</param>
    /// <param name="random">Where the parameters' first values come from.</param>
    /// <exception cref="ShapeException">The network cannot take samples of this shape.</exception>
    public Layer Build(Shape input, int outputs, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        if (input.Rank != Input.Rank) throw new ShapeException($"{Name} takes samples of {Describe(Input)}, such as {Input}; got {input}");
        return Create(input, outputs, random);
    }

    /// <summary>Builds the network as designed.</summary>
    public Layer Build(RandomSource random) => Build(Input, Outputs, random);

    /// <summary>Builds the network; the input's rank is right.</summary>
    protected abstract Layer Create(Shape input, int outputs, RandomSource random);

    /// <summary>The size that an axis has after a window slides over it: a convolution's or a pool's output.</summary>
    protected int Slide(int size, int window, int stride = 1, int padding = 0)
    {
        int result = (size + 2 * padding - window) / stride + 1;
        return size + 2 * padding >= window ? result : throw new ShapeException($"{Name} needs larger pictures: a window of {window} does not fit into {size}");
    }

    private static string Describe(Shape shape) => shape.Rank switch
    {
        1 => "[features]",
        2 => "[time, features]",
        _ => "[channels, height, width]",
    };
}
