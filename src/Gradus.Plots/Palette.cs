using SkiaSharp;

namespace Gradus.Plots;

/// <summary>The colours of all plots: told apart by colour-blind readers too, strong enough for thin lines on white.</summary>
/// <remarks>Lines: Okabe and Ito, https://jfly.uni-koeln.de/color/, with the yellow left out: too pale on white.</remarks>
internal static class Palette
{
    private static readonly SKColor[] Lines =
    [
        new(0x00, 0x72, 0xB2), new(0xD5, 0x5E, 0x00), new(0x00, 0x9E, 0x73), new(0xCC, 0x79, 0xA7),
        new(0x56, 0xB4, 0xE9), new(0xE6, 0x9F, 0x00), new(0x44, 0x44, 0x44),
    ];

    private static readonly SKColor HeatFull = new(0x08, 0x45, 0x94);

    public static readonly SKColor Text = new(0x22, 0x22, 0x22);
    public static readonly SKColor Faint = new(0x77, 0x77, 0x77);
    public static readonly SKColor Grid = new(0xE4, 0xE4, 0xE4);
    public static readonly SKColor Right = new(0x1B, 0x7F, 0x3B);
    public static readonly SKColor Wrong = new(0xC6, 0x28, 0x28);

    /// <summary>The colour of line <paramref name="index"/>; after the last it starts anew (with a dashed line, see <see cref="LinePanel"/>).</summary>
    public static SKColor Line(int index) => Lines[index % Lines.Length];

    /// <summary>How many lines there are before colours repeat.</summary>
    public static int LineCount => Lines.Length;

    /// <summary>From white (<paramref name="share"/> 0) to deep blue (1), in even steps.</summary>
    public static SKColor Heat(double share)
    {
        byte Mix(byte full) => (byte)Math.Round(255 + share * (full - 255));
        return new SKColor(Mix(HeatFull.Red), Mix(HeatFull.Green), Mix(HeatFull.Blue));
    }

    /// <summary>Text that is read on <see cref="Heat"/>: white from the middle on.</summary>
    public static SKColor OnHeat(double share) => share > 0.5 ? SKColors.White : Text;

    public static ScottPlot.Color ToScottPlot(this SKColor colour) => new(colour.Red, colour.Green, colour.Blue, colour.Alpha);
}
