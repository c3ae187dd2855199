using System.Globalization;
using SkiaSharp;

namespace Gradus.Plots;

/// <summary>The confusion matrix as a heat map: a row for each true class, a column for each predicted one.</summary>
/// <remarks>
/// A cell's colour is its share of its row, so that rare classes are judged as strictly as common ones.
/// Up to 10 classes a cell shows count and share, up to 20 the count, beyond that the colour alone.
/// </remarks>
public static class ConfusionPlot
{
    /// <summary>Writes the matrix as a PNG file, with the accuracy in its title; the file appears whole or not at all.</summary>
    /// <param name="path">The file; its folder is made if need be.</param>
    /// <param name="counts">[classes, classes] counts of at least 0: counts[t, p] pictures of class t were taken for class p.</param>
    /// <param name="classNames">One name a class.</param>
    /// <param name="title">The text before the accuracy.</param>
    /// <param name="trueLabel">The text beside the rows.</param>
    /// <param name="predictedLabel">The text under the columns.</param>
    /// <param name="accuracyLabel">The word for the accuracy in the title.</param>
    /// <exception cref="ArgumentException">The matrix is empty or not square, a count is negative, or names are missing.</exception>
    public static void Save(
        string path, int[,] counts, IReadOnlyList<string> classNames, string title,
        string trueLabel = "true class", string predictedLabel = "predicted class", string accuracyLabel = "accuracy")
    {
        Check(counts, classNames);
        var layout = ConfusionLayout.For(classNames);
        PngFile.Draw(path, layout.Width, layout.Height, canvas =>
        {
            canvas.WriteFitted(FullTitle(counts, title, accuracyLabel), layout.Width / 2f, 34, layout.Width - 24, 20, Palette.Text);
            DrawCells(canvas, layout, counts);
            DrawNames(canvas, layout, classNames);
            DrawAxisLabels(canvas, layout, trueLabel, predictedLabel);
            DrawScale(canvas, layout);
        });
    }

    /// <summary>The share of a row's total in one of its cells, 0 ... 1; 0 for a class without samples.</summary>
    internal static double Share(int[,] counts, int row, int column)
    {
        var total = 0L;
        for (var j = 0; j < counts.GetLength(1); j++) total += counts[row, j];
        return total == 0 ? 0 : counts[row, column] / (double)total;
    }

    private static void Check(int[,] counts, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(classNames);
        var (rows, columns) = (counts.GetLength(0), counts.GetLength(1));
        if (rows != columns || rows == 0)
            throw new ArgumentException($"A confusion matrix is [classes, classes]; got [{rows}, {columns}].");
        if (classNames.Count != rows)
            throw new ArgumentException($"The confusion matrix has {rows} classes, but there are {classNames.Count} names; give each class one.");
        foreach (var count in counts)
            if (count < 0) throw new ArgumentException($"The confusion matrix holds {count}; counts are at least 0.");
    }

    private static string FullTitle(int[,] counts, string title, string accuracyLabel)
    {
        var (right, all) = (0L, 0L);
        for (var i = 0; i < counts.GetLength(0); i++)
            for (var j = 0; j < counts.GetLength(1); j++)
            {
                all += counts[i, j];
                if (i == j) right += counts[i, j];
            }

        var accuracy = all == 0 ? "–" : Percent(right / (double)all, "0.0#");
        return $"{title}  {accuracyLabel} {accuracy} ({right} / {all})".TrimStart();
    }

    private static void DrawCells(SKCanvas canvas, ConfusionLayout layout, int[,] counts)
    {
        using var fill = new SKPaint();
        for (var i = 0; i < layout.Classes; i++)
            for (var j = 0; j < layout.Classes; j++)
            {
                var (share, cell) = (Share(counts, i, j), layout.Cell(i, j));
                fill.Color = Palette.Heat(share);
                canvas.DrawRect(cell, fill);
                if (counts[i, j] > 0) WriteCell(canvas, layout, cell, counts[i, j], share);
            }

        DrawGrid(canvas, layout);
    }

    // Zeros stay blank: in a good classifier most cells are zero, and the mistakes should stand out.
    private static void WriteCell(SKCanvas canvas, ConfusionLayout layout, SKRect cell, int count, double share)
    {
        var (text, colour) = (count.ToString(CultureInfo.InvariantCulture), Palette.OnHeat(share));
        if (layout.ShowsShares)
        {
            canvas.WriteFitted(text, cell.MidX, cell.MidY + 1, cell.Width - 6, 18, colour);
            canvas.Write(Percent(share, "0.#"), cell.MidX, cell.MidY + 18, 13, colour);
        }
        else if (layout.ShowsCounts) canvas.WriteFitted(text, cell.MidX, cell.MidY + 5, cell.Width - 4, 14, colour);
    }

    private static void DrawGrid(SKCanvas canvas, ConfusionLayout layout)
    {
        using var line = new SKPaint { Color = Palette.Grid, StrokeWidth = 1, Style = SKPaintStyle.Stroke };
        for (var i = 0; i <= layout.Classes && layout.ShowsCounts; i++)
        {
            var offset = i * layout.Size;
            canvas.DrawLine(layout.Left + offset, ConfusionLayout.Top, layout.Left + offset, layout.Bottom, line);
            canvas.DrawLine(layout.Left, ConfusionLayout.Top + offset, layout.Right, ConfusionLayout.Top + offset, line);
        }

        line.Color = Palette.Faint;
        canvas.DrawRect(SKRect.Create(layout.Left, ConfusionLayout.Top, layout.Right - layout.Left, layout.Bottom - ConfusionLayout.Top), line);
    }

    private static void DrawNames(SKCanvas canvas, ConfusionLayout layout, IReadOnlyList<string> names)
    {
        for (var i = 0; i < layout.Classes; i += layout.NameStep)
        {
            var name = CanvasText.Shorten(names[i], ConfusionLayout.WidestName, layout.NameSize);
            var (row, column) = (layout.Cell(i, 0), layout.Cell(layout.Classes - 1, i));
            canvas.Write(name, layout.Left - 8, row.MidY + 0.36f * layout.NameSize, layout.NameSize, Palette.Text, SKTextAlign.Right);
            if (!layout.UprightNames)
            {
                canvas.Write(name, column.MidX, layout.Bottom + layout.NameSize + 6, layout.NameSize, Palette.Text);
                continue;
            }

            canvas.Save();
            canvas.RotateDegrees(-90, column.MidX, layout.Bottom + 8);
            canvas.Write(name, column.MidX, layout.Bottom + 8 + 0.36f * layout.NameSize, layout.NameSize, Palette.Text, SKTextAlign.Right);
            canvas.Restore();
        }
    }

    private static void DrawAxisLabels(SKCanvas canvas, ConfusionLayout layout, string trueLabel, string predictedLabel)
    {
        var middle = (layout.Left + layout.Right) / 2f;
        canvas.WriteFitted(predictedLabel, middle, layout.Height - 14, layout.Right - layout.Left, 16, Palette.Text);
        canvas.Save();
        canvas.RotateDegrees(-90, 26, (ConfusionLayout.Top + layout.Bottom) / 2f);
        canvas.WriteFitted(trueLabel, 26, (ConfusionLayout.Top + layout.Bottom) / 2f, layout.Bottom - ConfusionLayout.Top, 16, Palette.Text);
        canvas.Restore();
    }

    private static void DrawScale(SKCanvas canvas, ConfusionLayout layout)
    {
        var bar = SKRect.Create(layout.Right + 22, ConfusionLayout.Top, 16, layout.Bottom - ConfusionLayout.Top);
        using var shader = SKShader.CreateLinearGradient(
            new SKPoint(0, bar.Bottom), new SKPoint(0, bar.Top), [Palette.Heat(0), Palette.Heat(1)], SKShaderTileMode.Clamp);
        using var fill = new SKPaint { Shader = shader };
        canvas.DrawRect(bar, fill);
        using var frame = new SKPaint { Color = Palette.Faint, Style = SKPaintStyle.Stroke };
        canvas.DrawRect(bar, frame);
        for (var quarter = 0; quarter <= 4; quarter++)
        {
            var y = bar.Bottom - quarter / 4f * bar.Height;
            canvas.Write(Percent(quarter / 4.0, "0"), bar.Right + 6, y + 4.5f, 13, Palette.Text, SKTextAlign.Left);
        }
    }

    private static string Percent(double share, string format) => (100 * share).ToString(format, CultureInfo.InvariantCulture) + "%";
}
