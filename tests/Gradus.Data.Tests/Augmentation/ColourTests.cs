using System.Numerics;

namespace Gradus.Data.Tests;

public class ColourTests
{
    private static readonly PictureShape OneGrey = new(1, 1, 4);

    private static float[] Recolour(Matrix4x4 map, params float[] picture)
    {
        float[] result = [.. picture];
        ColourMapping.Apply(result, new PictureShape(3, 1, picture.Length / 3), map);
        return result;
    }

    private static void Near(float[] expected, float[] result)
    {
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], result[i], 1e-5f);
    }

    // 19 pixels: more than one vector of any width, and a rest
    private static float[] Repeat(float red, float green, float blue) => [.. Enumerable.Repeat(red, 19), .. Enumerable.Repeat(green, 19), .. Enumerable.Repeat(blue, 19)];

    [Fact]
    public void A_hue_of_120_degrees_makes_red_green_and_green_blue()
    {
        Near(Repeat(0.3f, 0.9f, 0.1f), Recolour(Hue.Turn(120), Repeat(0.9f, 0.1f, 0.3f)));
        Near(Repeat(0.1f, 0.3f, 0.9f), Recolour(Hue.Turn(-120), Repeat(0.9f, 0.1f, 0.3f)));
    }

    [Fact]
    public void Grey_stays_grey_under_any_hue() => Near(Repeat(0.4f, 0.4f, 0.4f), Recolour(Hue.Turn(77), Repeat(0.4f, 0.4f, 0.4f)));

    [Fact]
    public void Grey_is_the_brightness()
    {
        var pipeline = AugmentationPipeline.Parse("grey:1");
        float[] picture = Repeat(1, 0.5f, 0);
        pipeline.Apply(picture, new PictureShape(3, 1, 19), 0, 0);
        Near(Repeat(0.5925f, 0.5925f, 0.5925f), picture); // 0.299 + 0.587 / 2
    }

    [Fact]
    public void Brightness_is_one_factor_within_its_strength_and_clamps()
    {
        for (int sample = 0; sample < 200; sample++)
        {
            float[] picture = [0.1f, 0.2f, 0.4f, 1];
            AugmentationPipeline.Parse("brightness:0.5").Apply(picture, OneGrey, 0, sample);
            float factor = picture[0] / 0.1f;
            Assert.InRange(factor, 0.5f, 1.5f);
            Near([0.1f * factor, 0.2f * factor, 0.4f * factor, Math.Min(1, factor)], picture);
        }
    }

    [Fact]
    public void Contrast_keeps_the_mean_and_scales_the_distances()
    {
        var factors = new HashSet<float>();
        for (int sample = 0; sample < 100; sample++)
        {
            float[] picture = [0.4f, 0.5f, 0.5f, 0.6f];
            AugmentationPipeline.Parse("contrast:1").Apply(picture, OneGrey, 0, sample);
            float factor = (picture[3] - 0.5f) / 0.1f;
            Assert.InRange(factor, -1e-4f, 2.0001f);
            Near([0.5f - 0.1f * factor, 0.5f, 0.5f, 0.5f + 0.1f * factor], picture);
            factors.Add(factor);
        }

        Assert.True(factors.Count > 90);
    }

    // Contrast after brightness takes the mean of the brightened picture, though both are one pass.
    [Fact]
    public void Steps_in_one_pass_give_what_they_give_one_by_one()
    {
        string[] steps = ["brightness:0.3", "saturation:0.5", "contrast:0.5", "hue:60", "contrast:0.2"];
        var (shape, random) = (new PictureShape(3, 5, 7), new RandomSource(4));
        var joined = new float[shape.Length];
        random.Uniform(joined, 0.45f, 0.55f); // so that nothing is clamped on the way
        var (mean, single) = (Vector3.Zero, joined.ToArray());
        AugmentationPipeline.Parse(string.Join(',', steps), 9).Apply(joined, shape, 2, 11);
        for (int i = 0; i < steps.Length; i++)
        {
            var draws = new RandomDraws(9, 2, 11, i + 1);
            mean = ColourMapping.Mean(single, shape);
            ColourMapping.Apply(single, shape, ((ColourAugmentation)AugmentationPipeline.Parse(steps[i]).Steps[0]).Draw(ref draws, mean));
        }

        Near(single, joined);
    }

    [Fact]
    public void Two_channels_are_no_colours() =>
        Assert.Contains("2", Assert.Throws<ArgumentException>(() => AugmentationPipeline.Parse("hue").Apply(new float[8], new PictureShape(2, 2, 2), 0, 0)).Message);
}
