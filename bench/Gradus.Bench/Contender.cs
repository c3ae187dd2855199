namespace Bench;

/// <summary>Whose code does the work.</summary>
internal enum Side
{
    Gradus,
    Peer,
}

/// <summary>
/// One side of one case: the same work, at the same sizes, as the other side's. A new contender is one file with a
/// <see cref="RunsAttribute"/>; nothing else changes.
/// </summary>
/// <remarks>It lives in a process of its own, so it may set whatever is global: threads, allocator, flags.</remarks>
internal abstract class Contender : IDisposable
{
    /// <summary>Builds the model and its data, untimed.</summary>
    /// <param name="sizes">The sizes of the case, by name.</param>
    /// <param name="threads">How many threads a step may use, the caller's included.</param>
    public abstract void Prepare(Sizes sizes, int threads);

    /// <summary>The work that is timed: one step of training, one inference, one product. Its result is complete when it returns.</summary>
    public abstract void Step();

    public virtual void Dispose()
    {
    }
}

/// <summary>Says which work a contender does, and for which side.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RunsAttribute(string work, Side side) : Attribute
{
    public string Work => work;

    public Side Side => side;
}
