namespace Gradus.Initializers;

/// <summary>
/// Sources for layers that were given none: seeds 1, 2, 3, ... in the order of construction, so that a program gives the same
/// network every time and no two layers the same weights.
/// </summary>
internal static class DefaultRandom
{
    private static long _made;

    public static RandomSource Next() => new((ulong)Interlocked.Increment(ref _made));
}
