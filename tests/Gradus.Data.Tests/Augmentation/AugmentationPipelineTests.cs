using CsCheck;
using Gradus.Ops;

namespace Gradus.Data.Tests;

public class AugmentationPipelineTests
{
    private const string Everything = "rotation,scaling,shear,translation,crop:2,resized-crop,horizontal-flip,vertical-flip,brightness,contrast,saturation,hue,grey,blur,noise,erasing,cutout:0.3";

    private static readonly PictureShape Shape = new(3, 13, 17);

    private static float[] Picture(int sample)
    {
        var picture = new float[Shape.Length];
        new RandomSource((ulong)sample).Uniform(picture);
        return picture;
    }

    private static float[] Apply(AugmentationPipeline pipeline, int sample, long epoch = 0)
    {
        var picture = Picture(sample);
        pipeline.Apply(picture, Shape, epoch, sample);
        return picture;
    }

    [Fact]
    public void Every_augmentation_has_a_name_a_meaning_and_a_default()
    {
        Assert.Equal(
            ["blur", "brightness", "contrast", "crop", "cutmix", "cutout", "erasing", "grey", "horizontal-flip", "hue", "mixup", "noise",
                "resized-crop", "rotation", "saturation", "scaling", "shear", "translation", "vertical-flip"],
            AugmentationCatalog.Names);
        Assert.All(AugmentationCatalog.All, one => Assert.NotEmpty(one.Meaning));
        Assert.All(AugmentationCatalog.All, one => Assert.True(one.Strength > 0));
    }

    [Fact]
    public void A_pipeline_is_its_text()
    {
        var pipeline = AugmentationPipeline.Parse(" rotation:10, crop , noise:1e-2");
        Assert.Equal("rotation:10,crop:4,noise:0.01", pipeline.ToString());
        Assert.Equal(Apply(pipeline, 5), Apply(AugmentationPipeline.Parse(pipeline.ToString()), 5));
        Assert.Empty(AugmentationPipeline.Parse("").Steps);
    }

    [Theory]
    [InlineData("rotatoin", "no augmentation 'rotatoin'"), InlineData("rotation:", "no strength"), InlineData("rotation:x", "no strength"), InlineData("rotation:NaN", "0 to 180")]
    [InlineData("rotation:181", "0 to 180"), InlineData("crop:1.5", "whole number"), InlineData("mixup:0", "0.05 to 1"), InlineData("mixup,cutmix", "choose one")]
    public void Nonsense_is_refused_with_the_way_out(string text, string part)
    {
        var failure = Assert.ThrowsAny<ArgumentException>(() => AugmentationPipeline.Parse(text));
        Assert.Contains(part, failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void Any_text_parses_or_says_why() =>
        Gen.OneOf(Gen.String[0, 20], Gen.Select(Gen.Int[0, AugmentationCatalog.Names.Count - 1], Gen.String[0, 6], (name, tail) => $"{AugmentationCatalog.Names.ElementAt(name)}:{tail}")).Sample(text =>
        {
            try
            {
                Assert.NotNull(AugmentationPipeline.Parse(text));
            }
            catch (ArgumentException)
            {
            }
        }, iter: 2000, threads: 1);

    [Fact]
    public void A_sample_is_the_same_on_any_thread_and_after_any_other()
    {
        var pipeline = AugmentationPipeline.Parse(Everything, 7);
        float[][] one = [.. Enumerable.Range(0, 200).Select(sample => Apply(pipeline, sample, epoch: 3))];
        var many = new float[200][];
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, sample => many[199 - sample] = Apply(pipeline, 199 - sample, epoch: 3));
        Assert.Equal(one, many);
    }

    [Fact]
    public void Seeds_epochs_and_samples_differ()
    {
        float[] Result(ulong seed, long epoch, int sample)
        {
            var picture = Picture(0);
            AugmentationPipeline.Parse("rotation", seed).Apply(picture, Shape, epoch, sample);
            return picture;
        }

        float[][] results = [Result(0, 0, 0), Result(1, 0, 0), Result(0, 1, 0), Result(0, 0, 1)];
        for (int i = 0; i < 4; i++) for (int j = 0; j < i; j++) Assert.NotEqual(results[i], results[j]);
    }

    [Fact]
    public void Two_steps_of_one_kind_draw_apart()
    {
        var pipeline = AugmentationPipeline.Parse("horizontal-flip,horizontal-flip");
        Assert.Contains(Enumerable.Range(0, 20), sample => !Apply(pipeline, sample).SequenceEqual(Picture(sample))); // drawn alike they would always cancel
    }

    // The blocks of number 0 are a RandomSource's: dropout of the same seed draws them.
    [Fact]
    public void Draws_are_not_those_of_a_random_source_of_the_same_seed()
    {
        var (theirs, ours) = (new float[4], new float[4]);
        new RandomSource(3).Uniform(theirs);
        new RandomDraws(3, 0, 0, 1).Uniform(ours);
        Assert.NotEqual(theirs, ours);
    }

    [Fact]
    public void Values_stay_within_black_and_white()
    {
        var pipeline = AugmentationPipeline.Parse(Everything + ",brightness:1,contrast:1,saturation:1,hue:180,noise:0.5");
        for (int sample = 0; sample < 200; sample++) Assert.All(Apply(pipeline, sample), x => Assert.InRange(x, 0, 1));
    }

    [Fact]
    public void A_picture_of_another_shape_is_refused() =>
        Assert.Throws<ArgumentException>(() => AugmentationPipeline.Parse("crop").Apply(new float[5], Shape, 0, 0));

    [Theory, InlineData("mixup:1"), InlineData("cutmix")]
    public void Mixing_blends_with_the_partner_by_the_share(string text)
    {
        const int Count = 64;
        var pipeline = AugmentationPipeline.Parse(text, 5);
        var pictures = new float[Count * Shape.Length];
        for (int i = 0; i < Count; i++) Array.Fill(pictures, i, i * Shape.Length, Shape.Length);
        var (partners, shares) = (new int[Count], new float[Count]);
        pipeline.Mix(pictures, Shape, 1, [.. Enumerable.Range(0, Count)], partners, shares);
        for (int i = 0; i < Count; i++)
        {
            Assert.InRange(shares[i], 0, 1);
            double mean = pictures.AsSpan(i * Shape.Length, Shape.Length).ToArray().Average(x => (double)x); // of what the partner was before its own mixing
            Assert.Equal(shares[i] * i + (1 - shares[i]) * partners[i], mean, 1e-3);
        }

        Assert.True(partners.Distinct().Count() > Count / 2);
        Assert.True(shares.Distinct().Count() > Count / 2);
    }

    [Fact]
    public void Shares_of_mixup_are_from_the_beta_distribution()
    {
        foreach (float alpha in new[] { 0.2f, 1 })
        {
            var (partners, shares) = (new int[20_000], new float[20_000]);
            AugmentationPipeline.Parse($"mixup:{alpha}").Mix(new float[20_000], new PictureShape(1, 1, 1), 0, [.. Enumerable.Range(0, 20_000)], partners, shares);
            double mean = shares.Average(x => (double)x);
            Assert.Equal(0.5, mean, 1e-2);
            Assert.Equal(1 / (4 * (2 * alpha + 1)), shares.Average(x => (x - mean) * (x - mean)), 5e-3); // the variance of Beta(a, a)
        }
    }

    [Fact]
    public void A_loader_gives_mixed_labels_and_the_same_batches_after_a_resume()
    {
        var set = new InMemoryDataset("s", [.. Enumerable.Range(0, 50 * 48).Select(i => (byte)(i * 7))], [.. Enumerable.Range(0, 50).Select(i => (byte)(i % 5))], ["a", "b", "c", "d", "e"], 3, 4, 4);
        BatchLoader Loader() => new(set, 8, seed: 3, normalization: new Normalization([0.5f, 0.5f, 0.5f], [2, 2, 2]), augmentation: AugmentationPipeline.Parse("crop:1,hue,mixup", 3));
        static List<(float[] Inputs, int[] Labels)> Walk(BatchLoader loader, long epoch, int start) =>
            [.. new LoaderBatches(loader).Epoch(epoch, start).Select(batch => (batch.Inputs.Span.ToArray(), batch.Labels.Span.ToArray()))];

        var whole = Walk(Loader(), 2, 0);
        Assert.Equal(7, whole.Count);
        Assert.Equal([24, 6], [whole[0].Labels.Length, whole[6].Labels.Length]);
        foreach (var (_, labels) in whole)
        {
            for (int row = 0; row < labels.Length / 3; row++)
            {
                var (first, second, share) = MixedLabel.Read(labels, row);
                Assert.InRange(first, 0, 4);
                Assert.InRange(second, 0, 4);
                Assert.InRange(share, 0, 1);
            }
        }

        Assert.Equal(whole.Skip(4), Walk(Loader(), 2, 4), (a, b) => a.Inputs.SequenceEqual(b.Inputs) && a.Labels.SequenceEqual(b.Labels));
        Assert.NotEqual(whole[0].Inputs, Walk(Loader(), 3, 0)[0].Inputs);
    }
}
