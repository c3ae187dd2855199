using System.Diagnostics;
using Gradus.Bank;
using Gradus.Labs;
using Spectre.Console;

namespace Gradus.Cli.Labs;

/// <summary>Shows a verification: a line for each claim when its lab has ended, and, in a terminal, what runs now.</summary>
internal sealed class VerificationDisplay : VerificationListener
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, string> _running = new(StringComparer.Ordinal);
    private readonly IAnsiConsole _console;
    private readonly Language _language;
    private readonly StatusContext? _status;
    private string _count = "";
    private long _shown;

    private VerificationDisplay(IAnsiConsole console, Language language, StatusContext? status) => (_console, _language, _status) = (console, language, status);

    public static VerificationReport Show(IAnsiConsole console, Language language, Func<VerificationListener, VerificationReport> verify)
    {
        if (!console.Profile.Out.IsTerminal || !console.Profile.Capabilities.Interactive) return verify(new VerificationDisplay(console, language, null));
        return console.Status().Spinner(Spinner.Known.Dots).Start("...", status => verify(new VerificationDisplay(console, language, status)));
    }

    public override LabListener OnLabBegin(Lab lab)
    {
        lock (_gate) Now(lab.Slug, "", always: true);
        return new Stages(this, lab.Slug);
    }

    public override void OnLabEnd(LabResult result, IReadOnlyList<VerificationEntry> entries, int done, int all)
    {
        lock (_gate)
        {
            foreach (var entry in entries) VerdictLines.WriteOne(_console, entry, _language);
            foreach (var note in result.Notes) _console.MarkupLineInterpolated($"    [grey]{note.In(_language)}[/]");
            if (result.Missing is { } missing) _console.MarkupLineInterpolated($"[yellow]- {result.Lab}: {missing}[/]");
            _running.Remove(result.Lab);
            _count = $"{done}/{all}";
            if (_status is null) _console.MarkupLineInterpolated($"[grey]{_count}[/]");
            else Draw();
        }
    }

    private void Now(string lab, string stage, bool always)
    {
        _running[lab] = stage;
        if (always || Stopwatch.GetElapsedTime(_shown) >= Refresh) Draw();
    }

    private void Draw()
    {
        _shown = Stopwatch.GetTimestamp();
        _status?.Status(Markup.Escape($"{_count}  {string.Join("   ", _running.Select(lab => lab.Value.Length == 0 ? lab.Key : $"{lab.Key}: {lab.Value}"))}"));
    }

    private sealed class Stages(VerificationDisplay display, string lab) : LabListener
    {
        public override void OnStage(Bilingual stage)
        {
            lock (display._gate) display.Now(lab, stage.In(display._language), always: false);
        }
    }
}
