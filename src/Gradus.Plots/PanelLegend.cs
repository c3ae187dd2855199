using SkiaSharp;

namespace Gradus.Plots;

/// <summary>The names of a panel's lines in one of its corners, each beside a piece of its line.</summary>
internal static class PanelLegend
{
    private const float TextSize = 14;
    private const int Row = 23;
    private const int Sample = 28;
    private const int Inset = 10;

    public static void Draw(SKCanvas canvas, SKRectI data, (bool Right, bool Up) corner, string[] names)
    {
        if (names.Length == 0) return;
        var text = Math.Min(names.Max(name => CanvasText.Width(name, TextSize)), data.Width / 2f);
        var (width, height) = (Sample + text + 28, Row * names.Length + 10);
        var box = SKRect.Create(
            corner.Right ? data.Right - Inset - width : data.Left + Inset,
            corner.Up ? data.Top + Inset : data.Bottom - Inset - height, width, height);
        using var paint = new SKPaint { Color = SKColors.White.WithAlpha(225), IsAntialias = true };
        canvas.DrawRoundRect(box, 3, 3, paint);
        (paint.Color, paint.Style) = (Palette.Grid, SKPaintStyle.Stroke);
        canvas.DrawRoundRect(box, 3, 3, paint);
        for (var i = 0; i < names.Length; i++)
        {
            var y = box.Top + 5 + (i + 0.5f) * Row;
            using var dashes = i < Palette.LineCount ? null : SKPathEffect.CreateDash([7, 4], 0);
            using var line = new SKPaint { Color = Palette.Line(i), StrokeWidth = 3, PathEffect = dashes };
            canvas.DrawLine(box.Left + 10, y, box.Left + 10 + Sample, y, line);
            canvas.WriteFitted(names[i], box.Left + 18 + Sample, y + 5, text, TextSize, Palette.Text, SKTextAlign.Left);
        }
    }
}
