namespace Gradus;

/// <summary>What stands in the border that padding adds.</summary>
public enum PaddingMode
{
    /// <summary>One number.</summary>
    Constant,

    /// <summary>The picture in a mirror that stands on its last element, which is not repeated: c b | a b c | b a.</summary>
    Reflect,

    /// <summary>The nearest element of the edge: a a | a b c | c c.</summary>
    Replicate,
}
