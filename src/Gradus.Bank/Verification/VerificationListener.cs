using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>Hears of a verification, from the threads of its labs.</summary>
public class VerificationListener
{
    /// <summary>A lab begins.</summary>
    /// <returns>What hears of the lab itself.</returns>
    public virtual LabListener OnLabBegin(Lab lab) => LabListener.None;

    /// <summary>A lab has ended, or its result of before is taken over.</summary>
    /// <param name="result">What the lab left.</param>
    /// <param name="entries">What that says of its claims.</param>
    /// <param name="done">Labs that have ended.</param>
    /// <param name="all">Labs in all.</param>
    public virtual void OnLabEnd(LabResult result, IReadOnlyList<VerificationEntry> entries, int done, int all) { }
}
