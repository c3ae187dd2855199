using ScottPlot;
using SkiaSharp;

namespace Gradus.Plots;

/// <summary>The one typeface of all plots: Noto Sans SC, embedded, so that Chinese and English text need no system font.</summary>
/// <remarks>A subset (GB2312 hanzi, Latin-1, Greek, mathematics); how it was made stands in Fonts/README.md.</remarks>
public static class PlotFont
{
    /// <summary>The name under which ScottPlot knows the typeface.</summary>
    public const string Family = "Noto Sans SC";

    private const string Resource = "NotoSansSC-Subset.ttf";
    private static readonly SKData Data = Read();

    /// <summary>The typeface, for text drawn with SkiaSharp. Shared: do not dispose it.</summary>
    public static SKTypeface Typeface { get; } = Load();

    static PlotFont()
    {
        ScottPlot.Fonts.FontResolvers.Insert(0, new EmbeddedResolver());
        ScottPlot.Fonts.Default = Family;
    }

    /// <summary>Tells whether the typeface draws every character of <paramref name="text"/>; others come out as empty boxes.</summary>
    /// <param name="text">Any text; line breaks count as drawable.</param>
    public static bool Draws(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var font = OfSize(12);
        foreach (var rune in text.EnumerateRunes())
            if (rune.Value != '\n' && font.GetGlyph(rune.Value) == 0) return false;
        return true;
    }

    /// <summary>Sets every text of <paramref name="plot"/>, its legend's included, in the embedded typeface.</summary>
    internal static void Use(Plot plot)
    {
        plot.Font.Set(Family);
        plot.Legend.FontName = Family;
        plot.Legend.SetBestFontOnEachRender = false; // it would look for a system font
    }

    /// <summary>The typeface at <paramref name="size"/> pixels, smooth at any position.</summary>
    internal static SKFont OfSize(float size) => new(Typeface, size) { Edging = SKFontEdging.Antialias, Subpixel = true };

    private static SKTypeface Load() =>
        SKTypeface.FromData(Data) ?? throw new InvalidOperationException($"SkiaSharp cannot read the embedded font {Resource}.");

    private static SKData Read()
    {
        using var stream = typeof(PlotFont).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The embedded font {Resource} is missing from Gradus.Plots.dll; rebuild the project.");
        return SKData.Create(stream);
    }

    // One weight serves all: ScottPlot's bold titles come out regular rather than blank.
    private sealed class EmbeddedResolver : IFontResolver
    {
        public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
            fontName == Family ? Load() : null; // a new one each time: ScottPlot owns and may dispose what it gets

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Family ? Load() : null;
    }
}
