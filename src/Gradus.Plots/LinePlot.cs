using SkiaSharp;

namespace Gradus.Plots;

/// <summary>Several named lines over one pair of axes, each linear or logarithmic.</summary>
public static class LinePlot
{
    /// <summary>Writes the lines as a PNG file; the file appears whole or not at all.</summary>
    /// <param name="path">The file; its folder is made if need be.</param>
    /// <param name="title">The text over the axes; may be empty.</param>
    /// <param name="lines">Any number of lines; NaN and infinite values, and values of 0 or less on a log axis, are gaps.</param>
    /// <param name="xLabel">The text under the horizontal axis.</param>
    /// <param name="yLabel">The text beside the vertical axis.</param>
    /// <param name="logX">Whether the horizontal axis is logarithmic.</param>
    /// <param name="logY">Whether the vertical axis is logarithmic.</param>
    /// <param name="width">In pixels, at least 200.</param>
    /// <param name="height">In pixels, at least 150.</param>
    /// <exception cref="ArgumentOutOfRangeException">The picture is too small to hold axes.</exception>
    public static void Save(
        string path, string title, IReadOnlyList<Series> lines, string xLabel, string yLabel,
        bool logX = false, bool logY = false, int width = 900, int height = 560)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 200);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 150);
        var panel = new LinePanel(lines, xLabel, yLabel) { Title = title, LogX = logX, LogY = logY };
        PngFile.Draw(path, width, height, canvas => panel.Draw(canvas, new SKRectI(0, 0, width, height)));
    }
}
