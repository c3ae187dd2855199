using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>Reads the folder of one question.</summary>
internal static class QuestionReader
{
    /// <summary>The question with the claims that it states itself, and the names of those that it refers to.</summary>
    public static (Question Question, IReadOnlyList<ClaimReference> References) Read(string folder)
    {
        var (english, chinese) = (Open(folder, "en.md"), Open(folder, "zh.md"));
        var fields = english.FrontMatter<FrontMatter>();
        string titleZh = chinese.FrontMatter<TitleOnly>().Title;
        Require(fields.Number > 0, english, "number", "the question has no number");
        Require(fields.Title.Length > 0, english, "title", "the question has no title");
        Require(titleZh.Length > 0, chinese, "title", "the question has no title");
        if (!Path.GetFileName(folder).StartsWith($"{fields.Number:00}-", StringComparison.Ordinal))
            throw new BankFormatException(english.Path, english.LineOf("number"), $"question {fields.Number} lies in the folder '{Path.GetFileName(folder)}'; its name begins with {fields.Number:00}-");
        var own = fields.Claims.Where(claim => claim.Question is null).Select(claim => ReadClaim(claim, fields.Number, english)).ToArray();
        var references = fields.Claims.Where(claim => claim.Question is not null).Select(claim => new ClaimReference(claim.Id, claim.Question!.Value, english.Path, english.LineOf(claim.Id))).ToArray();
        var errata = (fields.Errata ?? []).Select(erratum => ReadErratum(erratum, english)).ToArray();
        return (new Question(
            fields.Number, fields.Section, folder, fields.Topics, own, errata, fields.Problem,
            new Answer(english.Path, fields.Title, english.Sections()), new Answer(chinese.Path, titleZh, chinese.Sections())), references);
    }

    private static MarkdownFile Open(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? MarkdownFile.Read(path) : throw new BankFormatException(path, 1, "the file is missing: every question has en.md and zh.md");
    }

    private static Claim ReadClaim(FrontMatter.ClaimFields claim, int home, MarkdownFile file)
    {
        Require(claim.Id.Length > 0, file, "claims", "a claim has no id");
        Require(claim is { En.Length: > 0, Zh.Length: > 0, Figure.Length: > 0, Lab.Length: > 0 }, file, claim.Id, $"the claim '{claim.Id}' needs en, zh, expected, figure and lab, or the question that states it");
        return new Claim(claim.Id, (claim.En!.Trim(), claim.Zh!.Trim()), Choose<Outcome>(claim.Expected ?? "", file, claim.Id, "expected"), claim.Figure!.Trim(), claim.Lab!, home);
    }

    private static Erratum ReadErratum(FrontMatter.ErratumFields erratum, MarkdownFile file)
    {
        Require(erratum is { Id.Length: > 0, Where.Length: > 0, Wrong: not null, Right: not null, Shown: not null }, file, erratum.Id, $"the erratum '{erratum.Id}' needs id, kind, where, wrong, right and shown");
        var by = Choose<EvidenceKind>(erratum.Shown!.By, file, erratum.Id, "by");
        Require(by == EvidenceKind.Lab ? erratum.Shown.Lab is { Length: > 0 } : erratum.Shown.Text is { En.Length: > 0, Zh.Length: > 0 }, file, erratum.Id,
            $"the erratum '{erratum.Id}' is shown by {erratum.Shown.By} and does not give {(by == EvidenceKind.Lab ? "the lab" : "its text in en and zh")}");
        return new Erratum(
            erratum.Id, Choose<ErratumKind>(erratum.Kind, file, erratum.Id, "kind"), erratum.Where, erratum.Wrong!.Bilingual, erratum.Right!.Bilingual,
            new Evidence(by, erratum.Shown.Lab, erratum.Shown.Text?.Bilingual));
    }

    private static T Choose<T>(string word, MarkdownFile file, string near, string field) where T : struct, Enum =>
        Enum.TryParse<T>(word, ignoreCase: true, out var value) && Enum.GetNames<T>().Contains(word, StringComparer.OrdinalIgnoreCase)
            ? value
            : throw new BankFormatException(file.Path, file.LineOf(near), $"{near}: {field} is one of {string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant()))}; got '{word}'");

    private static void Require(bool condition, MarkdownFile file, string near, string what)
    {
        if (!condition) throw new BankFormatException(file.Path, near.Length == 0 ? 1 : file.LineOf(near), what);
    }
}

/// <summary>A claim that another question states.</summary>
internal sealed record ClaimReference(string Id, int Home, string File, int Line);
