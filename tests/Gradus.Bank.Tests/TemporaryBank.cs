namespace Gradus.Bank.Tests;

/// <summary>A folder of questions that a test writes.</summary>
public sealed class TemporaryBank : IDisposable
{
    private const string English = """
        ---
        number: {0}
        section: 1
        title: What is two and two?
        topics: [arithmetic]
        claims:
        {1}
        errata:
          - id: sum-{0}
            kind: wrong
            where: the margin
            wrong: {en: "Five.", zh: "五。"}
            right: {en: "Four.", zh: "四。"}
            shown: {by: derivation, text: {en: "1 + 1 + 1 + 1", zh: "一加一加一加一"}}
        ---

        """;

    public TemporaryBank() => Directory.CreateDirectory(Folder);

    public string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "banks", Guid.NewGuid().ToString("N"));

    public static string Claim(string id, string lab, string expected = "holds") =>
        $"  - {{id: {id}, en: \"Two and two are four, as {id} says.\", zh: \"二加二等于四：{id}。\", expected: {expected}, figure: \"= 4\", lab: {lab}}}";

    /// <summary>Writes a whole question; its text differs by its number alone.</summary>
    public string Add(int number, string claims, Func<string, string>? english = null, Func<string, string>? chinese = null)
    {
        string folder = Path.Combine(Folder, $"{number:00}-sum");
        Directory.CreateDirectory(folder);
        string en = English.Replace("{0}", $"{number}", StringComparison.Ordinal).Replace("{1}", claims, StringComparison.Ordinal) + Body(AnswerHeadings.English, string.Join(' ', Enumerable.Repeat($"word{number}", 80)));
        string zh = $"---\ntitle: 二加二等于几？\n---\n\n" + Body(AnswerHeadings.Chinese, new string((char)(0x4e00 + number), 150));
        File.WriteAllText(Path.Combine(folder, "en.md"), english?.Invoke(en) ?? en);
        File.WriteAllText(Path.Combine(folder, "zh.md"), chinese?.Invoke(zh) ?? zh);
        return folder;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Body(IReadOnlyList<string> headings, string text) => string.Join("\n\n", headings.Select((heading, i) => $"## {heading}\n\n{(i == 0 ? text : $"- {heading}: {text[..4]}")}")) + "\n";
}
