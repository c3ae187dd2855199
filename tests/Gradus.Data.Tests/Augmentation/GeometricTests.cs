using CsCheck;

namespace Gradus.Data.Tests;

/// <summary>Small pictures whose result is written down by hand, and any picture against a plain definition.</summary>
public class GeometricTests
{
    private static readonly float[] Square =
    [
        1, 2, 3,
        4, 5, 6,
        7, 8, 9,
    ];

    private static float[] Resample(float[] picture, PictureShape shape, AffineMap map)
    {
        float[] result = [.. picture];
        var scratch = new float[AffineResampling.ScratchLength(shape)];
        Array.Fill(scratch, float.NaN); // what is left there from before must not matter
        AffineResampling.Resample(result, shape, map, scratch);
        return result;
    }

    private static void Gives(AffineMap map, params float[] expected)
    {
        var result = Resample(Square, new PictureShape(1, 3, 3), map);
        for (int i = 0; i < 9; i++) Assert.Equal(expected[i], result[i], 1e-5f);
        float[] colours = [.. Square, .. Square.Select(x => 10 * x), .. Square.Select(x => 100 * x)]; // the same with three channels
        float[] wanted = [.. expected, .. expected.Select(x => 10 * x), .. expected.Select(x => 100 * x)];
        result = Resample(colours, new PictureShape(3, 3, 3), map);
        for (int i = 0; i < 27; i++) Assert.Equal(wanted[i], result[i], 1e-3f);
    }

    [Fact]
    public void A_quarter_turn_moves_the_right_column_to_the_top() => Gives(AffineMap.Rotation(90), 3, 6, 9, 2, 5, 8, 1, 4, 7);

    [Fact]
    public void Four_quarter_turns_are_none()
    {
        var quarter = AffineMap.Rotation(90);
        Assert.Equal(AffineMap.Identity, quarter.Then(quarter).Then(quarter).Then(quarter));
    }

    [Fact]
    public void An_eighth_turn_keeps_the_middle() => Assert.Equal(5, Resample(Square, new PictureShape(1, 3, 3), AffineMap.Rotation(45))[4], 1e-5f);

    [Fact]
    public void Flips_exchange_sides()
    {
        Gives(AffineMap.HorizontalFlip, 3, 2, 1, 6, 5, 4, 9, 8, 7);
        Gives(AffineMap.VerticalFlip, 7, 8, 9, 4, 5, 6, 1, 2, 3);
    }

    [Fact]
    public void A_move_by_whole_pixels_brings_in_black()
    {
        Gives(AffineMap.Translation(1, 0), 0, 1, 2, 0, 4, 5, 0, 7, 8);
        Gives(AffineMap.Translation(-1, 2), 0, 0, 0, 0, 0, 0, 2, 3, 0);
        Gives(AffineMap.Translation(3, 0), new float[9]);
        Gives(AffineMap.Translation(1e9, -1e9), new float[9]);
    }

    [Fact]
    public void A_move_by_half_a_pixel_is_the_mean_of_neighbours() => Gives(AffineMap.Translation(0.5, 0), 0.5f, 1.5f, 2.5f, 2, 4.5f, 5.5f, 3.5f, 7.5f, 8.5f);

    [Fact]
    public void Doubling_keeps_the_middle_and_halves_the_distances() => Gives(AffineMap.Scaling(2, 2), 3, 3.5f, 4, 4.5f, 5, 5.5f, 6, 6.5f, 7);

    [Fact]
    public void A_shear_of_45_degrees_moves_rows_by_whole_pixels() => Gives(AffineMap.Shear(45), 0, 1, 2, 4, 5, 6, 8, 9, 0);

    [Fact]
    public void A_flip_then_a_move_is_not_a_move_then_a_flip()
    {
        Gives(AffineMap.HorizontalFlip.Then(AffineMap.Translation(1, 0)), 0, 3, 2, 0, 6, 5, 0, 9, 8);
        Gives(AffineMap.Translation(1, 0).Then(AffineMap.HorizontalFlip), 2, 1, 0, 5, 4, 0, 8, 7, 0);
        Gives(AffineMap.VerticalFlip.Then(AffineMap.Translation(1, 1)), 0, 0, 0, 0, 7, 8, 0, 4, 5);
    }

    [Fact]
    public void Any_map_of_any_picture_agrees_with_the_definition() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 19], Gen.Int[1, 37], Gen.Double[-2, 2].Array[4], Gen.Double[-20, 20].Array[2], Gen.ULong).Sample((channels, height, width, m, offset, seed) =>
        {
            var (shape, map) = (new PictureShape(channels, height, width), new AffineMap(m[0], m[1], offset[0], m[2], m[3], offset[1]));
            var picture = new float[shape.Length];
            new RandomSource(seed).Uniform(picture);
            var result = Resample(picture, shape, map);
            for (int i = 0; i < picture.Length; i++) Assert.Equal(Define(picture, shape, map, i), result[i], 1e-3);
        }, iter: 500, threads: 1);

    private static double Define(float[] picture, PictureShape shape, AffineMap map, int i)
    {
        double x = i % shape.Width - (shape.Width - 1) / 2.0, y = i / shape.Width % shape.Height - (shape.Height - 1) / 2.0;
        double sourceX = map.XX * x + map.XY * y + map.X + (shape.Width - 1) / 2.0, sourceY = map.YX * x + map.YY * y + map.Y + (shape.Height - 1) / 2.0;
        var (left, top) = ((int)Math.Floor(sourceX), (int)Math.Floor(sourceY));
        double sum = 0;
        for (int dy = 0; dy < 2; dy++)
        {
            for (int dx = 0; dx < 2; dx++)
            {
                if ((uint)(left + dx) >= (uint)shape.Width || (uint)(top + dy) >= (uint)shape.Height) continue;
                double weight = (1 - Math.Abs(sourceX - left - dx)) * (1 - Math.Abs(sourceY - top - dy));
                sum += weight * picture[i / shape.Plane * shape.Plane + (top + dy) * shape.Width + left + dx];
            }
        }

        return sum;
    }

    [Theory]
    [InlineData("rotation:180"), InlineData("scaling:1"), InlineData("translation:0.5"), InlineData("shear:30"), InlineData("crop:3"), InlineData("resized-crop:0.1")]
    public void A_drawn_map_stays_within_its_strength(string text)
    {
        var step = (GeometricAugmentation)AugmentationPipeline.Parse(text).Steps[0];
        var maps = Enumerable.Range(0, 2000).Select(sample =>
        {
            var draws = new RandomDraws(1, 0, sample, 1);
            return step.Draw(ref draws, 20, 30);
        }).ToArray();
        Assert.True(maps.Distinct().Count() > 40, "not random");
        Assert.All(maps, map => Assert.True(Allowed(text, map), $"{text}: {map}"));
    }

    private static bool Allowed(string text, AffineMap map) => text.Split(':')[0] switch
    {
        "rotation" => Math.Abs(map.XX * map.YY - map.XY * map.YX - 1) < 1e-9 && map is { X: 0, Y: 0 },
        "scaling" => map.XX is >= 0.5 and <= 2 && map.XX == map.YY && map is { XY: 0, YX: 0, X: 0, Y: 0 },
        "translation" => Math.Abs(map.X) <= 15 && Math.Abs(map.Y) <= 10 && map is { XX: 1, YY: 1 },
        "shear" => Math.Abs(map.XY) <= Math.Tan(Math.PI / 6) + 1e-6 && map is { XX: 1, YX: 0, YY: 1 },
        "crop" => map.KeepsPixelsWhole && Math.Abs(map.X) <= 3 && Math.Abs(map.Y) <= 3,
        // A piece of the picture: its four edges lie within.
        _ => map.XX * map.YY is >= 0.099 and <= 1 && Math.Abs(map.X) + map.XX * 15 <= 15 + 1e-5 && Math.Abs(map.Y) + map.YY * 10 <= 10 + 1e-5,
    };
}
