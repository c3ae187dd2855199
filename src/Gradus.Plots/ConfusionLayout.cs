using SkiaSharp;

namespace Gradus.Plots;

/// <summary>Where the parts of a confusion plot lie, in pixels: cells first, then as much margin as the names need.</summary>
internal sealed record ConfusionLayout
{
    public const float WidestName = 180;
    public const int Top = 56; // room for the title

    private const int AxisLabelHeight = 40;
    private const int ScaleWidth = 96; // the bar of colours and its percentages
    private const int LeastWidth = 560; // below it a usual title would be cut

    public required int Classes { get; init; }

    /// <summary>The side of one cell.</summary>
    public required int Size { get; init; }

    public required float NameSize { get; init; }

    /// <summary>Every how many classes one is named: more than one where the cells are lower than the text.</summary>
    public required int NameStep { get; init; }

    /// <summary>Whether the column names stand on end, because one is wider than its column.</summary>
    public required bool UprightNames { get; init; }

    public required int Left { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public int Right => Left + Classes * Size;
    public int Bottom => Top + Classes * Size;
    public bool ShowsShares => Classes <= 10;
    public bool ShowsCounts => Classes <= 20;

    public SKRect Cell(int row, int column) => SKRect.Create(Left + column * Size, Top + row * Size, Size, Size);

    public static ConfusionLayout For(IReadOnlyList<string> names)
    {
        var classes = names.Count;
        var size = classes switch { <= 4 => 112, <= 10 => 72, <= 20 => 46, _ => Math.Max(4, 920 / classes) };
        var nameSize = Math.Clamp(0.8f * size, 11, 15);
        var step = Math.Max(1, (int)Math.Ceiling((nameSize + 1) / size));
        var widest = Math.Min(WidestName, names.Max(name => CanvasText.Width(name, nameSize)));
        var upright = widest > size * step - 6;
        var left = 44 + (int)widest + 8;
        var below = upright ? (int)widest + 20 : (int)nameSize + 16;
        var width = left + classes * size + ScaleWidth;
        return new ConfusionLayout
        {
            Classes = classes,
            Size = size,
            NameSize = nameSize,
            NameStep = step,
            UprightNames = upright,
            Left = left + Math.Max(0, LeastWidth - width) / 2,
            Width = Math.Max(width, LeastWidth),
            Height = Top + classes * size + below + AxisLabelHeight,
        };
    }
}
