using SkiaSharp;

namespace Gradus.Plots;

/// <summary>A computation as boxes and arrows, from the inputs on the left to the result on the right.</summary>
public static class GraphPlot
{
    private const int Margin = 20;
    private const int ColumnGap = 62; // room for an arrow that is seen
    private const int RowGap = 26;
    private const int LineHeight = 21;
    private const int Padding = 10;
    private const float TextSize = 15;

    /// <summary>Writes the graph as a PNG file; the file appears whole or not at all.</summary>
    /// <param name="path">The file; its folder is made if need be.</param>
    /// <param name="nodes">The boxes, at least one.</param>
    /// <param name="title">The text over the graph; may be empty.</param>
    /// <exception cref="ArgumentException">There is no node, or an input is none of the nodes of a lower column.</exception>
    public static void Save(string path, IReadOnlyList<GraphNode> nodes, string title = "")
    {
        Check(nodes);
        var width = nodes.SelectMany(node => node.Lines).Select(line => CanvasText.Width(line, TextSize)).DefaultIfEmpty(0).Max() + 2 * Padding;
        var height = nodes.Max(node => node.Lines.Count) * LineHeight + Padding;
        var top = title.Length > 0 ? 52 : Margin;
        SKRect Place(GraphNode node) => SKRect.Create(
            Margin + node.Column * (width + ColumnGap), top + (float)node.Row * (height + RowGap), width, height);

        PngFile.Draw(path, (int)Math.Ceiling(nodes.Max(node => Place(node).Right)) + Margin, (int)Math.Ceiling(nodes.Max(node => Place(node).Bottom)) + Margin, canvas =>
        {
            canvas.WriteFitted(title, (nodes.Max(node => Place(node).Right) + Margin) / 2, 32, nodes.Max(node => Place(node).Right) - Margin, 19, Palette.Text);
            foreach (var node in nodes)
                foreach (var input in node.Inputs) DrawArrow(canvas, Place(nodes[input]), Place(node));
            foreach (var node in nodes) DrawBox(canvas, node, Place(node));
        });
    }

    private static void Check(IReadOnlyList<GraphNode> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        if (nodes.Count == 0) throw new ArgumentException("A graph has at least one node.", nameof(nodes));
        for (var i = 0; i < nodes.Count; i++)
            foreach (var input in nodes[i].Inputs)
                if ((uint)input >= (uint)nodes.Count || nodes[input].Column >= nodes[i].Column)
                    throw new ArgumentException($"Node {i} of column {nodes[i].Column} has the input {input}; an input is a node of a lower column.", nameof(nodes));
    }

    private static void DrawBox(SKCanvas canvas, GraphNode node, SKRect place)
    {
        using var fill = new SKPaint { Color = node.Inputs.Count == 0 ? Palette.Heat(0.08) : SKColors.White, IsAntialias = true };
        using var frame = new SKPaint { Color = Palette.Faint, Style = SKPaintStyle.Stroke, StrokeWidth = 1.5f, IsAntialias = true };
        canvas.DrawRoundRect(place, 6, 6, fill);
        canvas.DrawRoundRect(place, 6, 6, frame);
        for (var i = 0; i < node.Lines.Count; i++)
            canvas.Write(node.Lines[i], place.MidX, place.Top + Padding / 2f + (i + 0.72f) * LineHeight, TextSize, i == 0 ? Palette.Text : Palette.Line(i - 1));
    }

    private static void DrawArrow(SKCanvas canvas, SKRect from, SKRect to)
    {
        const float Head = 8;
        SKPoint start = new(from.Right, from.MidY), end = new(to.Left - 1, to.MidY);
        using var line = new SKPaint { Color = Palette.Faint, Style = SKPaintStyle.Stroke, StrokeWidth = 1.5f, IsAntialias = true };
        using var curve = new SKPathBuilder();
        curve.MoveTo(start.X, start.Y);
        curve.CubicTo(start.X + ColumnGap / 2f, start.Y, end.X - ColumnGap / 2f - Head, end.Y, end.X - Head, end.Y); // flat at both ends
        using var bow = curve.Detach();
        canvas.DrawPath(bow, line);
        using var fill = new SKPaint { Color = Palette.Faint, IsAntialias = true };
        using var triangle = new SKPathBuilder();
        triangle.MoveTo(end.X, end.Y);
        triangle.LineTo(end.X - Head, end.Y - Head / 2);
        triangle.LineTo(end.X - Head, end.Y + Head / 2);
        triangle.Close();
        using var head = triangle.Detach();
        canvas.DrawPath(head, fill);
    }
}
