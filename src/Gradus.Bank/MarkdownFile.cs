using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Gradus.Bank;

/// <summary>A Markdown file with front matter between two lines of three dashes.</summary>
internal sealed class MarkdownFile
{
    private const string Fence = "---";
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build();

    private readonly string[] _lines;
    private readonly int _end; // of the front matter: the index of its closing fence

    private MarkdownFile(string path, string[] lines, int end) => (Path, _lines, _end) = (path, lines, end);

    public string Path { get; }

    public static MarkdownFile Read(string path)
    {
        string[] lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0].TrimEnd() != Fence) throw new BankFormatException(path, 1, "the file begins with front matter, between two lines of '---'");
        int end = Array.FindIndex(lines, 1, line => line.TrimEnd() == Fence);
        return end < 0 ? throw new BankFormatException(path, 1, "the front matter has no end: a line of '---'") : new MarkdownFile(path, lines, end);
    }

    /// <exception cref="BankFormatException">It is no YAML, or has a field that is not known.</exception>
    public T FrontMatter<T>() where T : class
    {
        try
        {
            return Yaml.Deserialize<T>(string.Join('\n', _lines[1.._end])) ?? throw new BankFormatException(Path, 1, "the front matter is empty");
        }
        catch (YamlException damage)
        {
            throw new BankFormatException(Path, damage.Start.Line + 1, (damage.InnerException ?? damage).Message.ReplaceLineEndings("\n").Split('\n')[0], damage);
        }
    }

    /// <summary>The parts that begin with headings of the second level; fences of code hide what looks like one.</summary>
    public IReadOnlyList<AnswerSection> Sections()
    {
        var sections = new List<AnswerSection>();
        bool code = false;
        int begin = -1;
        for (int i = _end + 1; i <= _lines.Length; i++)
        {
            if (i < _lines.Length && _lines[i].StartsWith("```", StringComparison.Ordinal)) code = !code;
            if (i < _lines.Length && (code || !_lines[i].StartsWith("## ", StringComparison.Ordinal))) continue;
            if (begin >= 0) sections.Add(new AnswerSection(_lines[begin][3..].Trim(), string.Join('\n', _lines[(begin + 1)..i]).Trim(), begin + 1));
            begin = i;
        }

        return sections;
    }

    /// <summary>The line of the first place in the front matter where a text stands, from 1.</summary>
    public int LineOf(string text)
    {
        int index = Array.FindIndex(_lines, 0, _end, line => line.Contains(text, StringComparison.Ordinal));
        return Math.Max(0, index) + 1;
    }
}
