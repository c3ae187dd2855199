using CsCheck;
using SkiaSharp;

namespace Gradus.Plots.Tests;

public sealed class ConfusionPlotTests : IDisposable
{
    private readonly PlotFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_cells_colour_follows_its_share_of_the_row() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 1 << 30]).Sample((classes, seed) =>
        {
            var counts = Counts(classes, seed);
            var names = Names(classes, "class ");
            ConfusionPlot.Save(_folder.File("random.png"), counts, names, "random");
            using var picture = PlotFolder.Read(_folder.File("random.png"));
            var layout = ConfusionLayout.For(names);
            for (var i = 0; i < classes; i++)
            {
                for (var j = 0; j < classes; j++)
                    Assert.Equal(Palette.Heat(ConfusionPlot.Share(counts, i, j)), Colour(picture, layout.Cell(i, j)));
                for (var j = 1; j < classes; j++) // the more, the darker
                    Assert.True((counts[i, j] - counts[i, j - 1]) * (Colour(picture, layout.Cell(i, j)).Red - Colour(picture, layout.Cell(i, j - 1)).Red) <= 0);
            }
        }, iter: 10, threads: 1);

    [Theory]
    [InlineData(2), InlineData(3), InlineData(10), InlineData(20), InlineData(21), InlineData(100)]
    public void Any_number_of_classes_stays_within_a_screen(int classes)
    {
        ConfusionPlot.Save(_folder.File($"confusion-{classes}.png"), Counts(classes, 1), Names(classes, classes % 2 == 0 ? "类别" : "automobile "), "ResNet-18 测试集");
        using var picture = PlotFolder.Read(_folder.File($"confusion-{classes}.png"));
        Assert.InRange(picture.Width, 500, 1400);
        Assert.InRange(picture.Height, 250, 1400);
    }

    [Fact]
    public void Cells_show_their_counts_up_to_twenty_classes()
    {
        Assert.True(CellInk(20) > 0);
        Assert.Equal(0, CellInk(21));

        int CellInk(int classes)
        {
            var counts = Counts(classes, 3);
            var names = Names(classes, "c");
            ConfusionPlot.Save(_folder.File("ink.png"), counts, names, "ink");
            using var picture = PlotFolder.Read(_folder.File("ink.png"));
            var (cell, ink) = (ConfusionLayout.For(names).Cell(1, 1), 0);
            for (var y = (int)cell.Top + 4; y < cell.Bottom - 4; y++)
                for (var x = (int)cell.Left + 4; x < cell.Right - 4; x++)
                    if (picture.GetPixel(x, y) != Palette.Heat(ConfusionPlot.Share(counts, 1, 1))) ink++;
            return ink;
        }
    }

    [Fact]
    public void A_class_without_samples_is_blank() => Assert.Equal(0, ConfusionPlot.Share(new[,] { { 0, 0 }, { 1, 2 } }, 0, 0));

    [Fact]
    public void Wrong_shapes_names_and_counts_are_refused()
    {
        Assert.Contains("[2, 3]", Refusal(new int[2, 3], 2));
        Assert.Contains("[0, 0]", Refusal(new int[0, 0], 0));
        Assert.Contains("3 names", Refusal(new int[2, 2], 3));
        Assert.Contains("-1", Refusal(new[,] { { -1 } }, 1));

        string Refusal(int[,] counts, int names) =>
            Assert.Throws<ArgumentException>(() => ConfusionPlot.Save(_folder.File("never.png"), counts, Names(names, "c"), "t")).Message;
    }

    // A corner of the cell inside the grid line, which no number reaches.
    private static SKColor Colour(SKBitmap picture, SKRect cell) => picture.GetPixel((int)cell.Left + 4, (int)cell.Top + 4);

    private static string[] Names(int classes, string prefix) => [.. Enumerable.Range(0, classes).Select(i => $"{prefix}{i}")];

    private static int[,] Counts(int classes, int seed)
    {
        var random = new Random(seed);
        var counts = new int[classes, classes];
        for (var i = 0; i < classes; i++)
            for (var j = 0; j < classes; j++)
                counts[i, j] = i == j ? random.Next(400, 990) : random.Next(4) == 0 ? random.Next(1, 120) : 0;
        return counts;
    }
}
