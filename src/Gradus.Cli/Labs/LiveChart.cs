using System.Diagnostics;
using System.Text;
using Gradus.Labs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Gradus.Cli.Labs;

/// <summary>Shows a lab as it runs: a chart of its lines in a terminal, a line for each stage elsewhere.</summary>
internal sealed class LiveChart : LabListener
{
    private const int Columns = 64, Rows = 14;
    private static readonly string[] Colours = ["blue", "orange3", "green", "magenta", "aqua", "yellow", "grey"];
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(150);

    private readonly Language _language;
    private readonly Action<IRenderable>? _show;
    private readonly TextWriter _lines;
    private readonly bool _unicode;
    private readonly List<(string Name, List<(double X, double Y)> Points)> _series = [];
    private string _chart = "", _stage = "";
    private long _shown;

    private LiveChart(Language language, Action<IRenderable>? show, TextWriter lines, bool unicode) => (_language, _show, _lines, _unicode) = (language, show, lines, unicode);

    public static LabResult Show(IAnsiConsole console, Language language, Func<LabListener, LabResult> run)
    {
        var (writer, unicode) = (console.Profile.Out.Writer, console.Profile.Capabilities.Unicode);
        if (!console.Profile.Out.IsTerminal || !console.Profile.Capabilities.Interactive) return run(new LiveChart(language, null, writer, unicode));
        return console.Live(new Text("")).AutoClear(true).Start(live => run(new LiveChart(language, picture =>
        {
            live.UpdateTarget(picture);
            live.Refresh();
        }, writer, unicode)));
    }

    public override void OnStage(Bilingual stage)
    {
        _stage = stage.In(_language);
        if (_show is null) _lines.WriteLine(_stage);
        else Draw(always: true);
    }

    public override void OnPoint(Bilingual chart, Bilingual line, double x, double y)
    {
        if (_show is null || !double.IsFinite(x) || !double.IsFinite(y)) return;
        if (chart.In(_language) != _chart) _series.Clear();
        _chart = chart.In(_language);
        string name = line.In(_language);
        if (_series.FirstOrDefault(series => series.Name == name).Points is not { } points) _series.Add((name, points = []));
        if (points.Count > 0 && points[^1].X > x) points.Clear(); // the same line of another seed
        points.Add((x, y));
        Draw(always: false);
    }

    private void Draw(bool always)
    {
        if (!always && Stopwatch.GetElapsedTime(_shown) < Refresh) return;
        _shown = Stopwatch.GetTimestamp();
        var rows = new List<IRenderable> { new Markup($"[grey]{Markup.Escape(_stage)}[/]") };
        var drawn = _series.Where(series => series.Points.Count > 1).ToArray();
        if (drawn.Length > 0)
        {
            rows.Add(new Markup(Plot(drawn)));
            rows.Add(new Markup(string.Join("  ", drawn.Select((series, i) => $"[{Colours[i % Colours.Length]}]{(_unicode ? '●' : '*')}[/] {Markup.Escape(series.Name)}"))));
        }

        _show!(new Rows(rows));
    }

    // A character of braille holds 2 x 4 dots; the last line that touches it gives the colour.
    private string Plot((string Name, List<(double X, double Y)> Points)[] drawn)
    {
        var all = drawn.SelectMany(series => series.Points).ToArray();
        var (left, right, low, high) = (all.Min(p => p.X), all.Max(p => p.X), all.Min(p => p.Y), all.Max(p => p.Y));
        var (dots, colours) = (new int[Rows, Columns], new int[Rows, Columns]);
        for (int i = 0; i < drawn.Length; i++)
        {
            foreach (var (x, y) in drawn[i].Points)
            {
                int column = Place(x, left, right, 2 * Columns), row = 4 * Rows - 1 - Place(y, low, high, 4 * Rows);
                dots[row / 4, column / 2] |= Dot(row % 4, column % 2);
                colours[row / 4, column / 2] = i;
            }
        }

        return Lines(dots, colours, VerdictLines.Number(high), VerdictLines.Number(low));
    }

    private string Lines(int[,] dots, int[,] colours, string high, string low)
    {
        int width = Math.Max(high.Length, low.Length);
        var text = new StringBuilder();
        for (int row = 0; row < Rows; row++)
        {
            text.Append((row == 0 ? high : row == Rows - 1 ? low : "").PadLeft(width)).Append(_unicode ? " │" : " |");
            for (int column = 0; column < Columns; column++)
            {
                if (dots[row, column] == 0) text.Append(' ');
                else text.Append($"[{Colours[colours[row, column] % Colours.Length]}]{(_unicode ? (char)(0x2800 + dots[row, column]) : '*')}[/]");
            }

            if (row < Rows - 1) text.Append('\n');
        }

        return text.ToString();
    }

    private static int Place(double value, double low, double high, int places) => high <= low ? 0 : (int)Math.Min(places - 1, (value - low) / (high - low) * places);

    private static int Dot(int row, int column) => row == 3 ? (column == 0 ? 0x40 : 0x80) : 1 << (row + 3 * column);
}
