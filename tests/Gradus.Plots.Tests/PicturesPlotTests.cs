using SkiaSharp;

namespace Gradus.Plots.Tests;

public sealed class PicturesPlotTests : IDisposable
{
    private readonly PlotFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_pixel_becomes_a_crisp_square_of_its_colour()
    {
        // [3, 2, 2]: red, green / blue, grey
        float[] pixels = [1, 0, 0, 0.5f, 0, 1, 0, 0.5f, 0, 0, 1, 0.5f];
        PicturesPlot.Save(_folder.File("crisp.png"), [new Picture(pixels, 3, 2, 2)], columns: 1);
        using var picture = PlotFolder.Read(_folder.File("crisp.png"));
        SKColor[] expected = [new(255, 0, 0), new(0, 255, 0), new(0, 0, 255), new(128, 128, 128)];
        for (var y = 0; y < 120; y++)
            for (var x = 0; x < 120; x++)
                Assert.Equal(expected[y / 60 * 2 + x / 60], picture.GetPixel(16 + x, 16 + y));
    }

    [Fact]
    public void Values_out_of_range_are_clamped_and_NaN_is_magenta()
    {
        PicturesPlot.Save(_folder.File("range.png"), [new Picture(new[] { -3f, 7f, float.NaN, float.PositiveInfinity }, 1, 1, 4)], columns: 1);
        using var picture = PlotFolder.Read(_folder.File("range.png"));
        Assert.Equal([SKColors.Black, SKColors.White, SKColors.Magenta, SKColors.White],
            Enumerable.Range(0, 4).Select(i => picture.GetPixel(16 + 15 + 30 * i, 16 + 15)));
    }

    [Fact]
    public void Right_and_wrong_predictions_have_frames_and_captions_of_their_colour()
    {
        var random = new Random(5);
        Picture[] pictures =
        [
            .. Enumerable.Range(0, 11).Select(i => new Picture(
                Enumerable.Range(0, 3 * 32 * 32).Select(p => (p / 32 % 32 + i * 3) % 32 / 40f + random.NextSingle() / 5).ToArray(), 3, 32, 32,
                i % 3 == 0 ? "automobile 71%\n正确: 卡车 truck" : "cat 98%\n正确: cat", i % 3 == 0 ? CaptionColour.Wrong : CaptionColour.Right)),
        ];
        PicturesPlot.Save(_folder.File("predictions.png"), pictures, columns: 4, "预测 predictions: CIFAR-10");
        using var picture = PlotFolder.Read(_folder.File("predictions.png"));
        var (right, wrong) = (0, 0);
        for (var y = 0; y < picture.Height; y++)
            for (var x = 0; x < picture.Width; x++)
            {
                if (picture.GetPixel(x, y) == Palette.Right) right++;
                if (picture.GetPixel(x, y) == Palette.Wrong) wrong++;
            }

        Assert.InRange(right, 7 * 1500, 7 * 3000); // 7 frames of 4 x 128 x 3 pixels, and their captions
        Assert.InRange(wrong, 4 * 1500, 4 * 3000);
    }

    [Theory]
    [InlineData(1, 28, 28), InlineData(3, 1, 1), InlineData(1, 1, 700), InlineData(3, 500, 300)]
    public void Any_size_is_drawn(int channels, int height, int width)
    {
        var drawn = new Picture(new float[channels * height * width], channels, height, width, "a caption that is far too long for its picture");
        PicturesPlot.Save(_folder.File($"size-{height}x{width}.png"), [drawn, drawn, new Picture(new float[784], 1, 28, 28, "small")], columns: 8);
        using var picture = PlotFolder.Read(_folder.File($"size-{height}x{width}.png"));
        Assert.True(PlotFolder.Inked(picture, new SKRectI(0, 0, picture.Width, picture.Height)) > 100);
    }

    [Fact]
    public void No_picture_gives_an_empty_file() => PicturesPlot.Save(_folder.File("none.png"), [], columns: 4);

    [Fact]
    public void Impossible_pictures_are_refused()
    {
        Assert.Contains("1 or 3 channels; got 2", Assert.Throws<ArgumentException>(() => new Picture(new float[8], 2, 2, 2)).Message);
        Assert.Contains("12 values; got 11", Assert.Throws<ArgumentException>(() => new Picture(new float[11], 3, 2, 2)).Message);
    }

    [Fact]
    public void A_file_that_cannot_be_replaced_leaves_no_part_behind()
    {
        Directory.CreateDirectory(_folder.File("taken.png"));
        Assert.ThrowsAny<Exception>(() => PicturesPlot.Save(_folder.File("taken.png"), [], columns: 1));
        Assert.DoesNotContain(_folder.Files, file => file.EndsWith(".part", StringComparison.Ordinal));
    }
}
