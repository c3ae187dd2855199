using SkiaSharp;

namespace Gradus.Plots.Tests;

public sealed class LinePlotTests : IDisposable
{
    private static readonly double[] Falling = [2.3, 1.4, 1.0, 0.8, 0.66, 0.55, 0.47, 0.4, 0.35, 0.31];
    private static readonly double[] Rising = [0.2, 0.45, 0.6, 0.7, 0.75, 0.78, 0.81, 0.83, 0.84, 0.85];
    private readonly PlotFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Curves_fill_both_panels_and_leave_no_other_file()
    {
        CurvesPlot.Save(_folder.File("curves.png"), "LeNet 训练曲线: MNIST, seed 7",
            [Series.PerEpoch("train", Falling), Series.PerEpoch("validation", Falling.Select((y, i) => y + 0.02 * i))],
            [Series.PerEpoch("训练集", Rising), Series.PerEpoch("验证集", Rising.Select((y, i) => y - 0.01 * i))]);
        using var picture = PlotFolder.Read(_folder.File("curves.png"));
        Assert.Equal((1200, 500), (picture.Width, picture.Height));
        foreach (var panel in new[] { 0, 600 })
            foreach (var line in new[] { 0, 1 })
                Assert.True(Count(picture, Palette.Line(line), panel, panel + 600) > 200, $"line {line} of the panel at {panel}");
        Assert.DoesNotContain(_folder.Files, file => file.EndsWith(".part", StringComparison.Ordinal));
    }

    [Fact]
    public void The_words_of_title_axes_and_legend_change_the_picture()
    {
        string[] names = ["title", "x", "y", "legend"];
        using var plain = Draw(names);
        for (var i = 0; i < names.Length; i++)
        {
            string[] changed = [.. names];
            changed[i] = "梯度";
            using var other = Draw(changed);
            Assert.False(PlotFolder.Same(plain, other), $"{names[i]} came out blank");
        }

        SKBitmap Draw(string[] words)
        {
            LinePlot.Save(_folder.File("words.png"), words[0], [Series.PerEpoch(words[3], Rising)], words[1], words[2]);
            return PlotFolder.Read(_folder.File("words.png"));
        }
    }

    public static TheoryData<string, double[]> OddSeries => new()
    {
        { "empty", [] },
        { "single", [0.5] },
        { "single zero", [0] },
        { "constant", [3, 3, 3] },
        { "all NaN", [double.NaN, double.NaN] },
        { "gap", [1, 0.8, double.NaN, 0.5, 0.4] },
        { "diverged", [1, 100, 1e30, double.PositiveInfinity, double.NaN] },
        { "negative", [-1, -2, -3] },
        { "tiny", [1e-300, 2e-300] },
        { "huge", [-1e299, 1e299] },
        { "beyond any axis", [1, 1e308, -1e308] },
    };

    [Theory, MemberData(nameof(OddSeries))]
    public void Odd_series_are_drawn_on_any_axes(string name, double[] values)
    {
        Series[] lines = [Series.PerEpoch(name, values)];
        foreach (var (logX, logY) in new[] { (false, false), (true, false), (false, true), (true, true) })
            LinePlot.Save(_folder.File($"odd {name} {logX} {logY}.png"), name, lines, "epoch", "value", logX, logY);
        CurvesPlot.Save(_folder.File($"odd {name}.png"), name, lines, lines);
        using var picture = PlotFolder.Read(_folder.File($"odd {name}.png"));
        var drawn = values.Any(double.IsFinite);
        Assert.Equal(drawn, Count(picture, Palette.Line(0), 0, 600) > 10);
    }

    [Fact]
    public void No_series_at_all_still_gives_axes() =>
        CurvesPlot.Save(_folder.File("none.png"), "", [], []);

    [Fact]
    public void Log_axes_show_a_power_law()
    {
        double[] x = [.. Enumerable.Range(0, 40).Select(i => Math.Pow(10, i / 8.0))];
        LinePlot.Save(_folder.File("log.png"), "损失与学习率 loss over learning rate",
            [.. Enumerable.Range(0, 9).Select(k => new Series($"power {k}", x, [.. x.Select(v => Math.Pow(v, -0.1 * k))]))],
            "steps", "loss", logX: true, logY: true);
        LinePlot.Save(_folder.File("log-narrow.png"), "narrow", [Series.PerEpoch("loss", Falling)], "epoch", "loss", logY: true);
        using var picture = PlotFolder.Read(_folder.File("log.png"));
        Assert.True(Count(picture, Palette.Line(0), 0, picture.Width) > 100);
    }

    [Fact]
    public void A_series_with_unequal_lengths_is_refused() =>
        Assert.Contains("2 positions and 1 values", Assert.Throws<ArgumentException>(() => new Series("a", [1, 2], [1])).Message);

    private static int Count(SKBitmap picture, SKColor colour, int left, int right)
    {
        var count = 0;
        for (var y = 0; y < picture.Height; y++)
            for (var x = left; x < right; x++)
                if (picture.GetPixel(x, y) == colour) count++;
        return count;
    }
}
