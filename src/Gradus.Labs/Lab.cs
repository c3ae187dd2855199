namespace Gradus.Labs;

/// <summary>
/// An experiment that proves or refutes claims: it runs arms that differ in one thing, draws what it saw, and decides. It holds no algorithm
/// of its own; what it compares are configurations of the engine.
/// </summary>
/// <remarks>
/// One file each, in a folder for its subject; the catalogue finds every one. Same seed, same figures, on any number of threads. Its knobs are
/// <c>init</c> properties with <see cref="KnobAttribute"/>; one of them, at least, can spoil the mechanism, so that a test sees the verdict turn.
/// </remarks>
public abstract class Lab
{
    /// <summary>The name on the command line: <c>vanishing-gradients</c>.</summary>
    public string Slug => KebabCase.Of(GetType().Name);

    /// <summary>What it shows, in one sentence.</summary>
    public abstract Bilingual Title { get; }

    /// <summary>The questions that it serves besides those whose claims name it.</summary>
    public virtual IReadOnlyList<int> Questions => [];

    /// <summary>The data sets that it reads, by their names in the catalogue.</summary>
    public virtual IReadOnlyList<string> Data => [];

    /// <summary>Settings worth trying, the good and the bad, each with what to watch for.</summary>
    public virtual IReadOnlyList<Preset> Presets => [];

    /// <summary>Whether <see cref="Budget.Long"/> does more than <see cref="Budget.Full"/>.</summary>
    public virtual bool HasLong => false;

    /// <summary>Runs the experiment.</summary>
    /// <param name="lab">Budget, seeds, data, and where pictures and figures go.</param>
    /// <returns>A verdict for every claim that names this lab.</returns>
    protected internal abstract IReadOnlyList<Verdict> Run(LabContext lab);
}
