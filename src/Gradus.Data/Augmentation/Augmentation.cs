namespace Gradus.Data;

/// <summary>
/// A random change of a training picture that leaves its class as it is: what the network shall not depend on. A new one is one
/// new file with one subclass, which <see cref="AugmentationCatalog"/> finds by itself; its constructor takes the strength, with a default.
/// </summary>
/// <remarks>Shorten and Khoshgoftaar 2019, "A survey on image data augmentation for deep learning", https://doi.org/10.1186/s40537-019-0197-0.</remarks>
public abstract class Augmentation
{
    /// <summary>Stores the strength.</summary>
    /// <param name="strength">How much is changed: see <see cref="Meaning"/>.</param>
    /// <param name="least">The least strength that makes sense.</param>
    /// <param name="most">The largest.</param>
    /// <exception cref="ArgumentOutOfRangeException">The strength is not within these.</exception>
    private protected Augmentation(float strength, float least, float most)
    {
        if (!(strength >= least && strength <= most))
            throw new ArgumentOutOfRangeException(nameof(strength), $"The strength of {Name} is from {least} to {most} ({Meaning}); got {strength}.");
        Strength = strength;
    }

    /// <summary>What the user types: the type's name in lower case with hyphens.</summary>
    public string Name => AugmentationCatalog.NameOf(GetType());

    /// <summary>How much is changed; <see cref="Meaning"/> says of what and in which unit.</summary>
    public float Strength { get; }

    /// <summary>One line for lists: what happens to the picture, with the strength as <c>S</c>.</summary>
    public abstract string Meaning { get; }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Name}:{Strength}");
}
