using System.Text;
using CsCheck;
using SkiaSharp;

namespace Gradus.Data.Tests;

public class PictureTests
{
    private static SKColor Colour(int x, int y) => new((byte)(10 * x), (byte)(20 * y), (byte)(x + y));

    [Theory, InlineData("png"), InlineData("bmp")]
    public void A_lossless_picture_comes_back_channels_first(string kind)
    {
        var picture = Picture.Decode(kind == "png" ? Pictures.Png(5, 3, Colour) : Pictures.Bmp(5, 3, Colour), "x");
        Assert.Equal((3, 3, 5), (picture.Channels, picture.Height, picture.Width));
        for (int y = 0; y < 3; y++)
        {
            for (int x = 0; x < 5; x++)
            {
                Assert.Equal(Colour(x, y).Red, picture.Pixels[y * 5 + x]);
                Assert.Equal(Colour(x, y).Green, picture.Pixels[15 + y * 5 + x]);
                Assert.Equal(Colour(x, y).Blue, picture.Pixels[30 + y * 5 + x]);
            }
        }
    }

    [Theory, InlineData("jpeg"), InlineData("webp")]
    public void A_lossy_picture_comes_back_nearly(string kind)
    {
        static SKColor Even(int x, int y) => new(200, 100, 50);
        var picture = Picture.Decode(kind == "jpeg" ? Pictures.Jpeg(16, 16, Even) : Pictures.WebP(16, 16, Even), "x");
        Assert.InRange(picture.Pixels[0], 195, 205);
        Assert.InRange(picture.Pixels[256], 95, 105);
        Assert.InRange(picture.Pixels[512], 45, 55);
    }

    [Fact]
    public void An_even_webp_may_be_large_and_a_cut_one_is_refused()
    {
        byte[] file = Pictures.WebP(1500, 1000, (_, _) => SKColors.White);
        Assert.Equal((1000, 1500), (Picture.Decode(file, "x").Height, Picture.Decode(file, "x").Width));
        byte[] detailed = Pictures.WebP(40, 40, (x, y) => new SKColor((byte)(x * y), (byte)(7 * x), (byte)(y * 13)));
        Assert.Contains("cut.webp", Assert.Throws<InvalidDataException>(() => Picture.Decode(detailed.AsSpan(0, detailed.Length / 2), "cut.webp")).Message);
        Mutilation.Of(detailed).Sample(damaged => Mutilation.LoadsOrSaysWhy(() => Picture.Decode(damaged, "x.webp"), "x.webp", 64 << 20), iter: 300, threads: 1);
    }

    // Stored: dark on the left, and the upper right corner lighter than the lower. Each origin names the corner where the stored first row and column belong.
    [Theory]
    [InlineData(1, "0 200 / 0 100"), InlineData(2, "200 0 / 100 0"), InlineData(3, "100 0 / 200 0"), InlineData(4, "0 100 / 0 200")]
    [InlineData(5, "0 0 / 200 100"), InlineData(6, "0 0 / 100 200"), InlineData(7, "100 200 / 0 0"), InlineData(8, "200 100 / 0 0")]
    public void A_photograph_is_turned_upright(byte orientation, string corners)
    {
        byte[] jpeg = Pictures.Jpeg(32, 16, (x, y) => Pictures.Grey(x < 16 ? 0 : y < 8 ? 200 : 100));
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
        var picture = Picture.Decode([.. jpeg[..2], .. exif, .. jpeg[2..]], "x");
        Assert.Equal(orientation < 5 ? (16, 32) : (32, 16), (picture.Height, picture.Width));
        int Near(int y, int x) => (int)Math.Round(picture.Pixels[y * picture.Width + x] / 100.0) * 100;
        var (bottom, right) = (picture.Height - 1, picture.Width - 1);
        Assert.Equal(corners, $"{Near(0, 0)} {Near(0, right)} / {Near(bottom, 0)} {Near(bottom, right)}");
    }

    [Fact]
    public void A_picture_without_colour_has_one_channel() =>
        Assert.Equal(1, Picture.Decode(Pictures.Png(4, 4, (x, y) => Pictures.Grey(16 * x + y)), "x").Channels);

    [Fact]
    public void Transparent_pixels_are_seen_on_white() =>
        Assert.Equal([255, 127], Picture.Decode(Pictures.Png(2, 1, (x, _) => new SKColor(0, 0, 0, (byte)(x == 0 ? 0 : 128))), "x").Pixels);

    [Theory, InlineData(255), InlineData(15), InlineData(1000), InlineData(65535)]
    public void A_binary_pgm_is_scaled_to_255(int maximum)
    {
        var picture = Picture.Decode(Pictures.Pgm(3, 2, (x, y) => maximum * (3 * y + x) / 5, maximum), "x");
        Assert.Equal((1, 2, 3), (picture.Channels, picture.Height, picture.Width));
        for (int i = 0; i < 6; i++) Assert.Equal((int)Math.Round(255.0 * (maximum * i / 5) / maximum), picture.Pixels[i]);
    }

    [Fact]
    public void A_plain_pgm_with_comments_is_read() =>
        Assert.Equal([0, 255, 128, 1], Picture.Decode("P2 # plain\n2 2\n# two rows\n255\n0 255\n128 1\n"u8, "x").Pixels);

    public static TheoryData<byte[], string> Lies => new()
    {
        { [], "not a PNG, JPEG, WebP, BMP or PGM" },
        { Encoding.ASCII.GetBytes("P5 4 4 255\nabc"), "truncated" },
        { Encoding.ASCII.GetBytes("P5 999999999 999999999 255\nabc"), "size of 999999999" },
        { Encoding.ASCII.GetBytes("P5 4 0 255\n"), "size of 4 x 0" },
        { Encoding.ASCII.GetBytes("P5 1 1 70000\nab"), "largest value of 70000" },
        { Encoding.ASCII.GetBytes("P5 99999999999999999999 1 255\n"), "no width" },
        { Encoding.ASCII.GetBytes("P2 2 1 9\n1 10"), "above the declared largest value 9" },
        { Pictures.Png(50, 50, Colour)[..^30], "x is " },
        { Pictures.Jpeg(64, 64, Colour)[..^100], "truncated" },
    };

    [Theory, MemberData(nameof(Lies))]
    public void A_damaged_picture_says_why(byte[] file, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Picture.Decode(file, "x")).Message, StringComparison.Ordinal);

    public static TheoryData<string, byte[]> Whole => new()
    {
        { "pgm", Pictures.Pgm(9, 7, (x, y) => x * y) },
        { "plain pgm", "P2\n3 2\n255\n1 2 3\n4 5 6\n"u8.ToArray() },
        { "png", Pictures.Png(9, 7, Colour) },
        { "jpeg", Pictures.Jpeg(9, 7, Colour) },
        { "bmp", Pictures.Bmp(9, 7, Colour) },
    };

    [Theory, MemberData(nameof(Whole))]
    public void Any_mutilated_picture_loads_or_says_why(string kind, byte[] file) =>
        Mutilation.Of(file, header: 64).Sample(
            bytes => Mutilation.LoadsOrSaysWhy(() => Picture.Decode(bytes, kind), kind, 7L * 8256 * Math.Max(200, bytes.Length)), iter: 1000, threads: 1);

    [Fact]
    public void A_constant_picture_stays_constant_in_any_size() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Byte).Sample((h, w, newH, newW, value) =>
        {
            var source = new Picture(1, h, w, [.. Enumerable.Repeat(value, h * w)]);
            var resized = source.Resize(newH, newW);
            return resized.Pixels.Length == newH * newW && resized.Pixels.All(p => p == value);
        }, iter: 300);

    [Fact]
    public void Halving_averages_and_does_not_alias()
    {
        var chequered = new Picture(1, 32, 32, [.. Enumerable.Range(0, 1024).Select(i => (byte)((i + i / 32) % 2 * 255))]);
        Assert.All(chequered.Resize(16, 16).Pixels, p => Assert.InRange(p, 110, 145));
    }

    [Fact]
    public void Colour_becomes_luma_and_grey_is_repeated()
    {
        Assert.Equal([76], new Picture(3, 1, 1, [255, 0, 0]).WithChannels(1).Pixels);
        Assert.Equal([9, 9, 9], new Picture(1, 1, 1, [9]).WithChannels(3).Pixels);
    }
}
