using Jint;
using Jint.Runtime;

namespace Gradus.Book;

/// <summary>TeX as HTML and MathML, by KaTeX; each formula once.</summary>
public sealed class FormulaRenderer : IDisposable
{
    private readonly Engine _engine = new();
    private readonly Dictionary<(string Tex, bool Display), string> _done = [];

    /// <summary>Loads KaTeX.</summary>
    public FormulaRenderer() => _engine.Execute(Resources.Text("Vendor/katex/katex.min.js"));

    /// <summary>Renders a formula.</summary>
    /// <param name="tex">Without its dollar signs.</param>
    /// <param name="display">On a line of its own.</param>
    /// <exception cref="FormatException">KaTeX does not take it; the message says why.</exception>
    public string Render(string tex, bool display)
    {
        if (_done.TryGetValue((tex, display), out string? html)) return html;
        try
        {
            _engine.SetValue("tex", tex);
            _engine.SetValue("display", display);
            html = _engine.Evaluate("katex.renderToString(tex, { displayMode: display, throwOnError: true, strict: 'error', trust: false })").AsString();
        }
        catch (JavaScriptException fault)
        {
            throw new FormatException($"the formula '{tex.ReplaceLineEndings(" ")}' cannot be drawn: {fault.Message}", fault);
        }

        return _done[(tex, display)] = html;
    }

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();
}
