using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;

namespace Gradus.Tests.Losses;

/// <summary>Losses worked by hand; the operations below them have their own tests.</summary>
public class LossTests
{
    [Fact]
    public void Regression_losses()
    {
        Tensor x = Tensor.From(1, 2, -3), target = Tensor.From(1.5f, 2, 0);
        Assert.Equal(3.5f / 3, Gradus.Losses.AbsoluteError.Of(x, target).Item(), 1e-6f);
        Assert.Equal((0.125f + 0 + 2.5f) / 3, Gradus.Losses.Huber.Of(x, target).Item(), 1e-6f);
        Assert.Equal((0.125f + 0 + 4) / 3, Gradus.Losses.Huber.Of(x, target, 2).Item(), 1e-6f);
        Assert.Throws<ArgumentOutOfRangeException>(() => Gradus.Losses.Huber.Of(x, target, 0));
        Assert.Throws<ShapeException>(() => Gradus.Losses.AbsoluteError.Of(x, Tensor.From(1, 2)));
    }

    [Fact]
    public void The_divergence_is_a_mean_over_the_batch_and_0_at_equality()
    {
        var target = Tensor.From(new[,] { { 0.5f, 0.5f, 0 }, { 0.2f, 0.3f, 0.5f } });
        var uniform = Tensor.Full([2, 3], MathF.Log(1 / 3f));
        double expected = (Math.Log(1.5) + 0.2 * Math.Log(0.6) + 0.3 * Math.Log(0.9) + 0.5 * Math.Log(1.5)) / 2;
        Assert.Equal(expected, Gradus.Losses.KullbackLeiblerDivergence.Of(uniform, target).Item(), 1e-6);
        var same = Tensor.From(new[,] { { 0.25f, 0.75f } });
        Assert.Equal(0, Gradus.Losses.KullbackLeiblerDivergence.Of(same.Log(), same).Item(), 1e-7);
    }

    [Fact]
    public void Smoothing_weights_and_ignored_rows()
    {
        var logits = Tensor.From(new[,] { { 2f, 0, 0 }, { 0, 1, 0 }, { 5, 5, 5 } });
        double[] first = Logs(2, 0, 0), second = Logs(0, 1, 0);
        IntTensor labels = new(0, 2, -1);
        Assert.Equal(-(first[0] + second[2]) / 2, Gradus.Losses.WeightedCrossEntropy.Of(logits, labels, ignored: -1).Item(), 1e-5);
        Assert.Equal(-(2 * first[0] + 0.5 * second[2]) / 2.5, Gradus.Losses.WeightedCrossEntropy.Of(logits, labels, Tensor.From(2, 9, 0.5f), ignored: -1).Item(), 1e-5);
        Assert.Equal(-(0.7 * first[0] + 0.1 * first.Sum() + 0.7 * second[2] + 0.1 * second.Sum()) / 2, Gradus.Losses.WeightedCrossEntropy.Of(logits, labels, smoothing: 0.3f, ignored: -1).Item(), 1e-5);
        Assert.Equal(CrossEntropy.Of(logits, new(0, 2, 1)).Item(), Gradus.Losses.WeightedCrossEntropy.Of(logits, new(0, 2, 1)).Item(), 1e-6f);
        Assert.Throws<ArgumentOutOfRangeException>(() => Gradus.Losses.WeightedCrossEntropy.Of(logits, labels));
        Assert.Throws<ArgumentOutOfRangeException>(() => Gradus.Losses.WeightedCrossEntropy.Of(logits, labels, smoothing: 1.5f, ignored: -1));
        Assert.Throws<ShapeException>(() => Gradus.Losses.WeightedCrossEntropy.Of(logits, labels, Tensor.From(1, 2), ignored: -1));
        Assert.True(float.IsNaN(Gradus.Losses.WeightedCrossEntropy.Of(logits, new(-1, -1, -1), ignored: -1).Item()));

        static double[] Logs(params double[] x) => [.. x.Select(value => value - Math.Log(x.Sum(Math.Exp)))];
    }

    [Fact]
    public void Hinges()
    {
        Assert.Equal((0 + 0.5f + 3) / 3, Gradus.Losses.Hinge.Of(Tensor.From(2, 0.5f, 2), Tensor.From(1, 1, -1)).Item(), 1e-6f);
        Assert.Equal((0.5f + 0 + (2 + 3)) / 2, Gradus.Losses.Hinge.Of(Tensor.From(new[,] { { 2f, 1.5f, 0 }, { 1, 0, 2 } }), new IntTensor(0, 1)).Item(), 1e-6f);
        Assert.Throws<ArgumentOutOfRangeException>(() => Gradus.Losses.Hinge.Of(Tensor.Zeros([1, 2]), new IntTensor(2)));
    }

    [Fact]
    public void Without_gamma_the_focal_loss_is_weighted_cross_entropy_and_with_it_certain_answers_hardly_count()
    {
        Tensor logits = Tensor.From(3, -100, 100, 0), targets = Tensor.From(1, 0, 0, 1);
        Assert.Equal(BinaryCrossEntropy.Of(logits, targets).Item() / 2, Gradus.Losses.Focal.Of(logits, targets, gamma: 0, alpha: 0.5f).Item(), 1e-5f);
        Assert.Equal(0.25 * Math.Pow(1 - 0.9, 2) * -Math.Log(0.9), Gradus.Losses.Focal.Of(Tensor.From(MathF.Log(9)), Tensor.From(1f)).Item(), 1e-7);
        Assert.Throws<ArgumentOutOfRangeException>(() => Gradus.Losses.Focal.Of(logits, targets, gamma: -1, alpha: 0.5f));
    }

    [Fact]
    public void Dice_is_0_for_the_region_itself_and_near_1_for_another()
    {
        var region = Tensor.From([1, 1, 0, 0], [1, 1, 2, 2]);
        Assert.Equal(0, Dice.Of(region, region).Item(), 1e-6f);
        Assert.Equal(1 - 1 / 5f, Dice.Of(region, Tensor.From([0, 0, 1, 1], [1, 1, 2, 2])).Item(), 1e-6f);
        Assert.Equal(1 - (2 * 0.5f + 1) / (1.5f + 2 + 1), Dice.Of(Tensor.From([0.25f, 0.25f, 1, 0], [1, 1, 2, 2]), region).Item(), 1e-6f);
        Assert.Throws<ShapeException>(() => Dice.Of(region, Tensor.Zeros([1, 1, 2, 3])));
    }

    [Fact]
    public void Triplets_given_and_mined()
    {
        Tensor a = Tensor.From(new[,] { { 0f, 0 }, { 0, 0 } }), p = Tensor.From(new[,] { { 1f, 0 }, { 0, 1 } }), n = Tensor.From(new[,] { { 0f, 2 }, { 1, 0 } });
        Assert.Equal((0 + 0.5f) / 2, Triplet.Of(a, p, n, 0.5f).Item(), 1e-6f);

        var line = Tensor.From([0, 1, 3, 2.5f], [4, 1]);
        IntTensor labels = new(0, 0, 0, 1);
        // hardest: 0: 9 - 6.25, 1: 4 - 2.25, 2: 9 - 0.25; semi-hard: (0, 1): 1 - 6.25, (0, 2): 9 - 6.25, (1, 0): 1 - 2.25, (1, 2): 4 - 2.25, (2, 0): 9 - 0.25, (2, 1): 4 - 0.25
        Assert.Equal((2.75f + 1.75f + 8.75f) / 3, Triplet.Mined(line, labels, margin: 0).Item(), 1e-5f);
        Assert.Equal((2.75f + 1.75f + 8.75f + 3.75f) / 6, Triplet.Mined(line, labels, TripletMining.SemiHard, margin: 0).Item(), 1e-5f);
        Assert.Equal(0, Triplet.Mined(line, new IntTensor(1, 1, 1, 1)).Item());
        Assert.Throws<ShapeException>(() => Triplet.Mined(line, new IntTensor(1, 1)));
        Assert.Throws<ShapeException>(() => Triplet.Of(a, p, line));
    }

    [Fact]
    public void Pairs_that_coincide_give_a_finite_gradient()
    {
        Tensor a = Tensor.From(new[,] { { 1f, 2 }, { 3, 4 }, { 0, 0 } }), b = Tensor.From(new[,] { { 1f, 2 }, { 3, 1 }, { 0.5f, 0 } });
        a.RequiresGradient = true;
        var loss = Contrastive.Of(a, b, new IntTensor(0, 1, 0));
        loss.Backward();
        Assert.Equal((0.5f + 4.5f + 0.125f) / 3, loss.Item(), 1e-6f);
        Assert.Equal([0, 0, 0, 1, 0.5f / 3, 0], a.Gradient!.ToArray().Select(value => MathF.Round(value, 6)), (x, y) => Math.Abs(x - y) < 1e-5);
        Assert.Throws<ArgumentOutOfRangeException>(() => Contrastive.Of(a, b, new IntTensor(0, 1, 0), margin: 0));
    }

    [Fact]
    public void A_margin_makes_the_label_harder_and_rows_lengths_do_not_count()
    {
        var random = new RandomSource(1);
        ArcFace arc = new(2, 2, scale: 8, random: random);
        CosFace cos = new(2, 2, scale: 8, random: random);
        foreach (var layer in new MarginClassifier[] { arc, cos }) Tensor.From(3, 0, 0, 0.5f).Span.CopyTo(layer.Weight.Span);
        var x = Tensor.From(new[,] { { 3f, 4 } }); // cosines 0.6 and 0.8
        Assert.Equal([8 * 0.6f, 8 * 0.8f], arc.Forward(x).ToArray(), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(CrossEntropy.Of(Tensor.From(new[,] { { 8 * (0.6f - 0.35f), 8 * 0.8f } }), new(0)).Item(), cos.Loss(x, new(0)).Item(), 1e-5f);
        Assert.Equal(CrossEntropy.Of(Tensor.From(new[,] { { 8 * (float)Math.Cos(Math.Acos(0.6) + 0.5), 8 * 0.8f } }), new(0)).Item(), arc.Loss(x, new(0)).Item(), 1e-5f);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ArcFace(2, 2, margin: 2).Loss(x, new(0)));
    }
}
