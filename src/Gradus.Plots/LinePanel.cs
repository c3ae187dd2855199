using ScottPlot;
using SkiaSharp;

namespace Gradus.Plots;

/// <summary>One set of axes with lines, a grid and a legend in the emptiest corner: the part that line plots and training curves share.</summary>
internal sealed record LinePanel(IReadOnlyList<Series> Lines, string XLabel, string YLabel)
{
    private const int MostMarkers = 30; // more points a line and the markers hide it
    private const int LeftMargin = 84; // tick labels such as -0.00125 and the axis label
    private const int RightMargin = 24; // half of the last tick's label
    private const int BottomMargin = 58;
    private const float TickSize = 13;
    private const float LabelSize = 15;

    /// <summary>A title over the axes, or nothing.</summary>
    public string Title { get; init; } = "";

    /// <summary>Whether the horizontal axis is logarithmic.</summary>
    public bool LogX { get; init; }

    /// <summary>Whether the vertical axis is logarithmic.</summary>
    public bool LogY { get; init; }

    /// <summary>Whether horizontal ticks are whole numbers only.</summary>
    public bool WholeX { get; init; }

    private int Top => Title.Length > 0 ? 48 : 16;

    public void Draw(SKCanvas canvas, SKRectI area)
    {
        using var plot = new Plot();
        var x = AxisRange.Of(Lines.SelectMany(line => line.X), LogX);
        var y = AxisRange.Of(Lines.SelectMany(line => line.Y), LogY);
        for (var i = 0; i < Lines.Count; i++) AddLine(plot, Lines[i], i);
        plot.Axes.SetLimits(x.Low, x.High, y.Low, y.High);
        plot.Axes.Bottom.TickGenerator = x.Ticks(WholeX);
        plot.Axes.Left.TickGenerator = y.Ticks(whole: false);
        Dress(plot);

        // ScottPlot clears the whole canvas it draws on, so each panel has its own.
        using var surface = SKSurface.Create(new SKImageInfo(area.Width, area.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        plot.Render(surface.Canvas, area.Width, area.Height);
        WriteTexts(surface.Canvas, plot, new SKRectI(LeftMargin, Top, area.Width - RightMargin, area.Height - BottomMargin), x, y);
        surface.Flush();
        using var image = surface.Snapshot();
        canvas.DrawImage(image, area.Left, area.Top, new SKSamplingOptions(SKFilterMode.Nearest));
    }

    // Each unbroken run of finite points is a line of its own: no line crosses a gap.
    private void AddLine(Plot plot, Series line, int index)
    {
        foreach (var run in Runs(line))
        {
            var scatter = plot.Add.Scatter(run, Palette.Line(index).ToScottPlot());
            scatter.LineWidth = 2;
            scatter.LinePattern = index < Palette.LineCount ? LinePattern.Solid : LinePattern.Dashed;
            scatter.MarkerSize = run.Count == 1 || line.X.Count <= MostMarkers ? 6 : 0;
        }
    }

    private IEnumerable<List<Coordinates>> Runs(Series line)
    {
        List<Coordinates> run = [];
        for (var i = 0; i < line.X.Count; i++)
        {
            var point = new Coordinates(AxisRange.Drawn(line.X[i], LogX), AxisRange.Drawn(line.Y[i], LogY));
            if (double.IsFinite(point.X) && double.IsFinite(point.Y)) run.Add(point);
            else if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        }

        if (run.Count > 0) yield return run;
    }

    private void Dress(Plot plot)
    {
        PlotFont.Use(plot);
        plot.Layout.Fixed(new PixelPadding(LeftMargin, RightMargin, BottomMargin, Top));
        plot.Axes.Color(Palette.Text.ToScottPlot());
        plot.Axes.Right.IsVisible = plot.Axes.Top.IsVisible = false;
        plot.Axes.Bottom.TickLabelStyle.IsVisible = plot.Axes.Left.TickLabelStyle.IsVisible = false;
        plot.Grid.MajorLineColor = Palette.Grid.ToScottPlot();
        plot.HideLegend();
    }

    // ScottPlot sets text in this typeface too high, cutting titles and legends: all text is written here instead.
    private void WriteTexts(SKCanvas canvas, Plot plot, SKRectI data, AxisRange x, AxisRange y)
    {
        foreach (var tick in plot.Axes.Bottom.TickGenerator.Ticks.Where(tick => tick.IsMajor))
            canvas.Write(tick.Label, data.Left + (float)x.Part(tick.Position) * data.Width, data.Bottom + 20, TickSize, Palette.Text);
        foreach (var tick in plot.Axes.Left.TickGenerator.Ticks.Where(tick => tick.IsMajor))
            canvas.Write(tick.Label, data.Left - 9, data.Bottom - (float)y.Part(tick.Position) * data.Height + 4.5f, TickSize, Palette.Text, SKTextAlign.Right);

        canvas.WriteFitted(Title, data.MidX, 32, data.Width, 19, Palette.Text);
        canvas.WriteFitted(XLabel, data.MidX, data.Bottom + 44, data.Width, LabelSize, Palette.Text);
        canvas.Save();
        canvas.RotateDegrees(-90, 22, data.MidY);
        canvas.WriteFitted(YLabel, 22, data.MidY, data.Height, LabelSize, Palette.Text);
        canvas.Restore();
        if (Lines.Any(line => Runs(line).Any()))
            PanelLegend.Draw(canvas, data, EmptiestCorner(x, y), [.. Lines.Select(line => line.Name)]);
    }

    private (bool Right, bool Up) EmptiestCorner(AxisRange x, AxisRange y)
    {
        Span<int> points = [0, 0, 0, 0];
        foreach (var point in Lines.SelectMany(Runs).SelectMany(run => run))
        {
            var (right, up) = (x.Part(point.X), y.Part(point.Y));
            if (right is > 0.4 and < 0.6 || up is > 0.35 and < 0.65) continue; // a legend does not reach the middle
            points[(right > 0.5 ? 1 : 0) + (up > 0.5 ? 0 : 2)]++;
        }

        var best = 1; // ties go to the upper right, where readers look first
        for (var corner = 0; corner < 4; corner++) if (points[corner] < points[best]) best = corner;
        return (best % 2 == 1, best < 2);
    }
}
