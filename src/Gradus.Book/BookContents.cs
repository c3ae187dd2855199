using Gradus.Bank;
using Gradus.Labs;

namespace Gradus.Book;

/// <summary>What a book is made of.</summary>
/// <param name="Bank">The questions.</param>
/// <param name="Labs">The labs.</param>
/// <param name="Report">What the last verification found.</param>
/// <param name="Results">What each lab left, by its name.</param>
/// <param name="Folder">Where the labs' pictures lie, a folder each; null without a verification.</param>
public sealed record BookContents(QuestionBank Bank, LabCatalog Labs, VerificationReport Report, IReadOnlyDictionary<string, LabResult> Results, string? Folder)
{
    /// <summary>The contents from the folder of a verification; null for none.</summary>
    public static BookContents Of(QuestionBank bank, LabCatalog labs, string? folder)
    {
        var results = folder is null ? new Dictionary<string, LabResult>() : Verifier.ReadResults(folder);
        var budget = results.Count == 0 ? Budget.Tiny : results.Values.Max(result => result.Budget);
        return new BookContents(bank, labs, new Verifier(bank, labs).Report(budget, results), results, folder);
    }

    /// <summary>What was found about a claim; null if its lab did not run.</summary>
    internal VerificationEntry? EntryOf(Claim claim) => Report.Entries.FirstOrDefault(entry => entry.Lab == claim.Lab && entry.ClaimId == claim.Id);

    internal QuestionState StateOf(Question question) => Report.Questions.First(pair => pair.Question.Number == question.Number).State;
}
