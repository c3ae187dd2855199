using Gradus.Bank;
using Gradus.Labs;

namespace Gradus.Book.Pages;

/// <summary>Pieces that several pages show.</summary>
internal static class Fragments
{
    public static string Badge(Bilingual text, string kind, Language language) => $"<span class=\"badge {kind}\">{Html.Text(text.In(language))}</span>";

    public static string Badge(VerificationEntry? entry, Language language) => entry is null
        ? Badge(Words.NotRun, "open", language)
        : Badge(Words.Of(entry.Verdict), !entry.AsExpected ? "bad" : entry.Verdict == Outcome.Refuted ? "refuted" : "good", language);

    public static string Badge(QuestionState state, Language language) => Badge(
        Words.Of(state), state switch { QuestionState.Proven or QuestionState.Holds => "good", QuestionState.Fails => "bad", _ => "open" }, language);

    /// <summary>Every figure with its threshold.</summary>
    public static string Figures(IEnumerable<Condition> conditions, Language language) => string.Join("; ", conditions.Select(condition =>
    {
        string sign = condition.Comparison switch { Comparison.AtLeast => "≥", Comparison.AtMost => "≤", _ => "=" };
        string tolerance = condition.Comparison == Comparison.Within ? $" ± {Html.Number(condition.Tolerance)}" : "";
        return $"{Html.Text(condition.What.In(language))} <b>{Html.Number(condition.Measured)}</b> {sign} {Html.Number(condition.Threshold)}{tolerance}";
    }));

    public static string Claim(BookContents contents, Claim claim, Language language, string up, bool withLab, string more = "")
    {
        var entry = contents.EntryOf(claim);
        string lab = !withLab ? "" : contents.Labs.Contains(claim.Lab)
            ? $" · <a href=\"{up}labs/{claim.Lab}.html\">{claim.Lab}</a>"
            : $" · {Html.Text(claim.Lab)}";
        string expected = entry is { AsExpected: true } ? "" : $"{Html.Text(Words.Expected.In(language))}: {Html.Text(Words.Of(claim.Expected).In(language))} · ";
        string figures = entry is null ? Html.Text(claim.Figure) : entry.Failure is { } failure ? Html.Text(failure) : Figures(entry.Conditions, language);
        return $"""
            <div class="claim" id="claim-{claim.Id}">{Badge(entry, language)} {Html.Text(claim.Text.In(language))}
            <p class="figures">{expected}{figures}{lab}</p>{more}</div>
            """;
    }

    public static string Erratum(Erratum erratum, Language language, Func<string, string?> labAddress)
    {
        string shown = erratum.Shown.Lab is { } lab
            ? labAddress(lab) is { } address ? $"<a href=\"{address}\">{lab}</a>" : $"{Html.Text(lab)} ({Html.Text(Words.NotRun.In(language))})"
            : Html.Text(erratum.Shown.Text!.Value.In(language));
        return $"""
            <div class="erratum" id="erratum-{erratum.Id}">
            <p class="wrong">{Badge(Words.Of(erratum.Kind), "bad", language)} <q>{Html.Text(erratum.Wrong.In(language))}</q></p>
            <p>{Badge(Words.Right, "good", language)} {Html.Text(erratum.Right.In(language))}</p>
            <p class="meta">{Html.Text(Words.ShownBy.In(language))}: {Html.Text(Words.Of(erratum.Shown.By).In(language))}. {shown}</p>
            </div>
            """;
    }
}
