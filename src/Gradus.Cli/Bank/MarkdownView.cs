using System.Text;
using Gradus.Bank;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Spectre.Console;
using Spectre.Console.Rendering;
using Table = Markdig.Extensions.Tables.Table;

namespace Gradus.Cli.Bank;

/// <summary>Markdown as a terminal shows it; formulas as Unicode.</summary>
internal static class MarkdownView
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseMathematics().UseEmphasisExtras().Build();

    public static IRenderable Render(string markdown)
    {
        var rows = new List<IRenderable>();
        foreach (var block in Markdown.Parse(markdown, Pipeline)) rows.AddRange(Block(block));
        return new Rows(rows);
    }

    private static IEnumerable<IRenderable> Block(Block block) => block switch
    {
        HeadingBlock heading => [new Text(""), new Markup($"[bold]{Inline(heading.Inline)}[/]")],
        MathBlock math => [new Padder(new Markup($"[italic]{Markup.Escape(UnicodeMath.Of(math.Lines.ToString()))}[/]"), new Padding(4, 0, 0, 1))],
        CodeBlock code => [new Padder(new Text(code.Lines.ToString(), new Style(Color.Grey)), new Padding(4, 0, 0, 1))],
        ParagraphBlock paragraph => [new Padder(new Markup(Inline(paragraph.Inline)), new Padding(0, 0, 0, 1))],
        ListBlock list => [new Padder(new Rows(Items(list)), new Padding(0, 0, 0, 1))],
        Table table => [Grid(table)],
        QuoteBlock quote => [new Padder(new Rows(quote.SelectMany(Block)), new Padding(2, 0, 0, 0))],
        ContainerBlock container => container.SelectMany(Block),
        _ => [],
    };

    private static IEnumerable<IRenderable> Items(ListBlock list)
    {
        int number = int.TryParse(list.OrderedStart, out int start) ? start : 1;
        foreach (var item in list.OfType<ListItemBlock>())
        {
            var grid = new Spectre.Console.Grid().AddColumn(new GridColumn().NoWrap().PadLeft(2).PadRight(1)).AddColumn(new GridColumn().PadLeft(0).PadRight(0));
            grid.AddRow(new Text(list.IsOrdered ? $"{number++}." : "-"), new Rows(item.SelectMany(Tight)));
            yield return grid;
        }
    }

    private static IEnumerable<IRenderable> Tight(Block block) => block is ParagraphBlock paragraph ? [new Markup(Inline(paragraph.Inline))] : Block(block);

    private static Spectre.Console.Table Grid(Table table)
    {
        var shown = new Spectre.Console.Table().Border(TableBorder.Simple);
        foreach (var row in table.OfType<Markdig.Extensions.Tables.TableRow>())
        {
            string[] cells = [.. row.OfType<Markdig.Extensions.Tables.TableCell>().Select(cell => string.Join(' ', cell.OfType<ParagraphBlock>().Select(paragraph => Inline(paragraph.Inline))))];
            if (row.IsHeader) shown.AddColumns([.. cells.Select(cell => new TableColumn($"[bold]{cell}[/]"))]);
            else shown.AddRow([.. cells.Take(shown.Columns.Count)]);
        }

        return shown;
    }

    private static string Inline(ContainerInline? container)
    {
        var text = new StringBuilder();
        foreach (var inline in container ?? new ContainerInline()) text.Append(Inline(inline));
        return text.ToString();
    }

    private static string Inline(Inline inline) => inline switch
    {
        MathInline math => $"[italic]{Markup.Escape(UnicodeMath.Of(math.Content.ToString()))}[/]",
        CodeInline code => $"[aqua]{Markup.Escape(code.Content)}[/]",
        EmphasisInline emphasis => $"[{(emphasis.DelimiterCount > 1 ? "bold" : "italic")}]{Inline((ContainerInline)emphasis)}[/]",
        LinkInline link => Link(link),
        AutolinkInline link => Markup.Escape(link.Url),
        LineBreakInline => " ",
        LiteralInline literal => Markup.Escape(literal.Content.ToString()),
        HtmlEntityInline entity => Markup.Escape(entity.Transcoded.ToString()),
        ContainerInline container => Inline(container),
        _ => "",
    };

    // What a link leads to is a command here.
    private static string Link(LinkInline link)
    {
        string label = Inline((ContainerInline)link);
        string[] parts = (link.Url ?? "").Split(':', 2);
        return parts[0] switch
        {
            "lab" when parts.Length == 2 => $"[underline]{label}[/] [grey](gradus lab run {Markup.Escape(parts[1])})[/]",
            "question" when parts.Length == 2 => $"[underline]{label}[/]",
            "file" => $"[underline]{label}[/]",
            _ => label == Markup.Escape(link.Url ?? "") ? label : $"{label} [grey]{Markup.Escape(link.Url ?? "")}[/]",
        };
    }
}
