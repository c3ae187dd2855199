using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Gradus.Book;

/// <summary>Markdown of the bank as HTML: formulas drawn, programs coloured, references turned into links, headings named.</summary>
internal sealed class BookMarkdown(FormulaRenderer formulas, CodeHighlighter highlighter)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseMathematics().UseEmphasisExtras().UseAutoLinks().DisableHtml().Build();

    /// <summary>HTML of a part of an answer.</summary>
    /// <param name="markdown">Its text.</param>
    /// <param name="section">What the names of its headings begin with.</param>
    /// <param name="link">From a reference such as <c>lab:adding-problem</c> to an address.</param>
    /// <param name="headings">Gets the headings of the third level with their names.</param>
    public string Render(string markdown, string section, Func<string, string> link, List<(string Id, string Html)>? headings = null)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var reference in document.Descendants<LinkInline>()) reference.Url = link(reference.Url ?? "");
        int number = 0;
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.Replace<HtmlMathInlineRenderer>(new Inlines(formulas));
        renderer.ObjectRenderers.Replace<HtmlMathBlockRenderer>(new Blocks(formulas));
        renderer.ObjectRenderers.Replace<CodeBlockRenderer>(new Programs(highlighter));
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            string id = $"{section}-{++number}";
            heading.GetAttributes().Id = id;
            headings?.Add((id, heading.Inline is null ? "" : Plain(heading.Inline)));
        }

        foreach (var table in document.Descendants<Markdig.Extensions.Tables.Table>()) table.GetAttributes().AddClass("plain");
        renderer.Render(document);
        return writer.ToString().Replace("<table class=\"plain\">", "<div class=\"wide\"><table>", StringComparison.Ordinal).Replace("</table>", "</table></div>", StringComparison.Ordinal);
    }

    private string Plain(ContainerInline inline)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.Replace<HtmlMathInlineRenderer>(new Inlines(formulas));
        renderer.WriteChildren(inline);
        return writer.ToString();
    }

    private sealed class Inlines(FormulaRenderer formulas) : HtmlObjectRenderer<MathInline>
    {
        protected override void Write(HtmlRenderer renderer, MathInline obj) => renderer.Write(formulas.Render(obj.Content.ToString(), display: false));
    }

    private sealed class Blocks(FormulaRenderer formulas) : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock obj) => renderer.Write("<div class=\"formula\">").Write(formulas.Render(obj.Lines.ToString(), display: true)).WriteLine("</div>");
    }

    private sealed class Programs(CodeHighlighter highlighter) : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock obj)
        {
            string language = (obj as FencedCodeBlock)?.Info ?? "";
            renderer.Write("<pre><code class=\"hljs\">").Write(highlighter.Highlight(obj.Lines.ToString(), language)).WriteLine("</code></pre>");
        }
    }
}
