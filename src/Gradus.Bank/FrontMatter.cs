using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>The fields of a question's front matter, as YAML has them.</summary>
internal sealed class FrontMatter
{
    public int Number { get; set; }

    public int Section { get; set; }

    public string Title { get; set; } = "";

    public List<string> Topics { get; set; } = [];

    public List<ClaimFields> Claims { get; set; } = [];

    public List<ErratumFields>? Errata { get; set; } = [];

    public string? Problem { get; set; }

    internal sealed class ClaimFields
    {
        public string Id { get; set; } = "";

        public string? En { get; set; }

        public string? Zh { get; set; }

        public string? Expected { get; set; }

        public string? Figure { get; set; }

        public string? Lab { get; set; }

        public int? Question { get; set; }
    }

    internal sealed class ErratumFields
    {
        public string Id { get; set; } = "";

        public string Kind { get; set; } = "";

        public string Where { get; set; } = "";

        public TextFields? Wrong { get; set; }

        public TextFields? Right { get; set; }

        public EvidenceFields? Shown { get; set; }
    }

    internal sealed class EvidenceFields
    {
        public string By { get; set; } = "";

        public string? Lab { get; set; }

        public TextFields? Text { get; set; }
    }

    internal sealed class TextFields
    {
        public string En { get; set; } = "";

        public string Zh { get; set; } = "";

        public Bilingual Bilingual => (En.Trim(), Zh.Trim());
    }
}

/// <summary>The front matter of the Chinese file: what belongs to both languages stands in the English one.</summary>
internal sealed class TitleOnly
{
    public string Title { get; set; } = "";
}
