using System.Text.RegularExpressions;
using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>Holds both languages to one structure, and every reference to something that is there.</summary>
public static partial class BankCheck
{
    private const int LeastWords = 60, MostWords = 120, LeastCharacters = 110, MostCharacters = 240; // of a short answer

    private static readonly char[] Blanks = [' ', '\n', '\t'];

    /// <summary>Every fault, a line each: file, line, what is wrong. Empty for a sound bank.</summary>
    /// <param name="bank">The bank.</param>
    /// <param name="labs">The labs that there are.</param>
    /// <param name="labsToCome">Names of labs that claims may name before they are written.</param>
    public static IReadOnlyList<string> Faults(QuestionBank bank, LabCatalog labs, IReadOnlySet<string>? labsToCome = null)
    {
        ArgumentNullException.ThrowIfNull(bank);
        ArgumentNullException.ThrowIfNull(labs);
        var faults = new List<string>();
        foreach (var question in bank.Questions)
        {
            Headings(question, faults);
            if (faults.Count == 0 || AllHeadings(question)) Parts(question, faults);
            Links(question, bank, labs, labsToCome, faults);
        }

        Twice(bank.Questions.SelectMany(question => question.Errata.Select(erratum => (erratum.Id, question.English.File))), "erratum", faults);
        Twice(bank.Questions.SelectMany(question => question.Claims.Where(claim => claim.Home == question.Number).Select(claim => ($"{claim.Lab}/{claim.Id}", question.English.File))), "claim", faults);
        Sentences(bank, faults);
        return faults;
    }

    private static void Headings(Question question, List<string> faults)
    {
        foreach (var (answer, language) in Both(question))
        {
            string[] headings = [.. answer.Sections.Select(section => section.Heading)];
            if (!headings.SequenceEqual(AnswerHeadings.In(language))) faults.Add($"{answer.File}:1: the headings are {string.Join(", ", headings)}; they should be {string.Join(", ", AnswerHeadings.In(language))}");
        }

        if (question.Claims.Count == 0) faults.Add($"{question.English.File}:1: the question makes no claim");
        int words = question.English.Short.Split(Blanks, StringSplitOptions.RemoveEmptyEntries).Length, characters = Chinese().Count(question.Chinese.Short);
        if (words is < LeastWords or > MostWords) faults.Add($"{question.English.File}:{Line(question.English)}: the short answer has {words} words; it should have {LeastWords} to {MostWords}");
        if (characters is < LeastCharacters or > MostCharacters) faults.Add($"{question.Chinese.File}:{Line(question.Chinese)}: the short answer has {characters} characters; it should have {LeastCharacters} to {MostCharacters}");
    }

    private static bool AllHeadings(Question question) => question.English.Sections.Count == AnswerHeadings.English.Count && question.Chinese.Sections.Count == AnswerHeadings.Chinese.Count;

    private static void Parts(Question question, List<string> faults)
    {
        foreach (var (english, chinese) in question.English.Sections.Zip(question.Chinese.Sections))
        {
            var (left, right) = (Structure.Of(english.Markdown), Structure.Of(chinese.Markdown));
            if (left != right) faults.Add($"{question.Chinese.File}:{chinese.Line}: '{chinese.Heading}' has {right}; in English it has {left}");
        }
    }

    private static void Links(Question question, QuestionBank bank, LabCatalog labs, IReadOnlySet<string>? labsToCome, List<string> faults)
    {
        foreach (var (answer, _) in Both(question))
        {
            foreach (var section in answer.Sections)
            {
                foreach (Match link in Link().Matches(section.Markdown))
                {
                    string target = link.Groups["target"].Value;
                    bool there = link.Groups["kind"].Value switch
                    {
                        "question" => int.TryParse(target, out int number) && bank.Find(number) is not null,
                        "lab" => Known(target),
                        _ => File.Exists(Path.Combine(question.Folder, target)),
                    };
                    if (!there) faults.Add($"{answer.File}:{section.Line}: {link.Groups["kind"].Value}:{target} is not there");
                }
            }
        }

        foreach (string lab in question.Claims.Select(claim => claim.Lab).Concat(question.Errata.Select(erratum => erratum.Shown.Lab).OfType<string>()).Distinct())
        {
            if (!Known(lab)) faults.Add($"{question.English.File}:1: there is no lab '{lab}'");
        }

        bool Known(string lab) => labs.Contains(lab) || (labsToCome?.Contains(lab) ?? false);
    }

    private static void Twice(IEnumerable<(string Id, string File)> names, string what, List<string> faults)
    {
        foreach (var group in names.GroupBy(name => name.Id).Where(group => group.Count() > 1)) faults.Add($"{group.Last().File}:1: the {what} '{group.Key}' stands in {string.Join(" and ", group.Select(name => Path.GetFileName(Path.GetDirectoryName(name.File))))}");
    }

    // No two answers share a sentence: what is asked twice is answered from another side.
    private static void Sentences(QuestionBank bank, List<string> faults)
    {
        const int Least = 25; // characters: shorter ones, such as "See question 4.", mean little
        foreach (var language in Enum.GetValues<Language>())
        {
            var seen = new Dictionary<string, int>();
            foreach (var question in bank.Questions)
            {
                foreach (string sentence in question.In(language).Sections.Where(section => section.Heading != AnswerHeadings.In(language)[^1])
                    .SelectMany(section => SentenceEnd().Split(NoProse().Replace(section.Markdown, ""))).Select(sentence => sentence.Trim(' ', '\n', '-', '*', '#', '|')).Where(sentence => sentence.Length >= Least).Distinct())
                {
                    if (!seen.TryAdd(sentence, question.Number) && seen[sentence] != question.Number)
                        faults.Add($"{question.In(language).File}:1: shares a sentence with question {seen[sentence]}: {sentence}");
                }
            }
        }
    }

    private static int Line(Answer answer) => answer.Sections.Count > 0 ? answer.Sections[0].Line : 1;

    private static (Answer Answer, Language Language)[] Both(Question question) => [(question.English, Language.English), (question.Chinese, Language.Chinese)];

    [GeneratedRegex(@"\]\((?<kind>question|lab|file):(?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Chinese();

    [GeneratedRegex(@"(?<=[.!?])\s+|(?<=[。！？])|\n\s*\n|\n(?=[-*|#]|\d+\.)")]
    private static partial Regex SentenceEnd();

    // Code, displayed formulas and tables, whose headings may well be alike.
    [GeneratedRegex(@"^```.*?^```|\$\$.*?\$\$|^\|[^\n]*$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex NoProse();
}
