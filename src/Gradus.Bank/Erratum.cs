using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>Something that common answers get wrong.</summary>
/// <param name="Id">Its name, unique in the bank.</param>
/// <param name="Kind">In what way it is wrong.</param>
/// <param name="Where">The place in the source text.</param>
/// <param name="Wrong">The claim, in our words.</param>
/// <param name="Right">What is true.</param>
/// <param name="Shown">What shows it.</param>
public sealed record Erratum(string Id, ErratumKind Kind, string Where, Bilingual Wrong, Bilingual Right, Evidence Shown);

/// <summary>In what way a common answer is wrong.</summary>
public enum ErratumKind
{
    /// <summary>It states what is not so.</summary>
    Wrong,

    /// <summary>It contradicts itself.</summary>
    Contradiction,

    /// <summary>Its program stops, or computes something else.</summary>
    Code,

    /// <summary>It says too little to be true.</summary>
    Vague,
}

/// <summary>What shows an erratum.</summary>
/// <param name="By">The kind of evidence.</param>
/// <param name="Lab">The lab; null for other kinds.</param>
/// <param name="Text">The run, the compiler's words, the derivation or the citation; null where a lab shows it.</param>
public sealed record Evidence(EvidenceKind By, string? Lab, Bilingual? Text);

/// <summary>Kinds of evidence.</summary>
public enum EvidenceKind
{
    /// <summary>A lab of this project.</summary>
    Lab,

    /// <summary>A program that was run, with what it printed.</summary>
    Run,

    /// <summary>What a compiler or interpreter says.</summary>
    Compiler,

    /// <summary>A derivation, or arithmetic.</summary>
    Derivation,

    /// <summary>A paper, a book, a manual.</summary>
    Citation,
}
