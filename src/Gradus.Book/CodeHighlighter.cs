using System.Net;
using Jint;

namespace Gradus.Book;

/// <summary>Program text as HTML with classes for its colours, by highlight.js.</summary>
internal sealed class CodeHighlighter : IDisposable
{
    private readonly Engine _engine = new();

    public CodeHighlighter() => _engine.Execute(Resources.Text("Vendor/highlight/highlight.min.js"));

    /// <summary>HTML of a program; of a language that is not known, the text as it is.</summary>
    public string Highlight(string code, string language)
    {
        _engine.SetValue("code", code);
        _engine.SetValue("language", language);
        return _engine.Evaluate("hljs.getLanguage(language) ? hljs.highlight(code, { language }).value : ''").AsString() is { Length: > 0 } html ? html : WebUtility.HtmlEncode(code);
    }

    public void Dispose() => _engine.Dispose();
}
