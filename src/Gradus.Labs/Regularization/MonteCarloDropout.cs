using System.Numerics.Tensors;
using Gradus.Data;
using Gradus.Layers;
using Gradus.Metrics;

namespace Gradus.Labs.Regularization;

/// <summary>With dropout left on, predictions scatter more on pictures of a kind that the network has not seen, and the spread tells them from known ones.</summary>
/// <remarks>
/// Each picture is answered many times, every time with new masks. The spread is the part of the entropy that is due to the model: the entropy of
/// the mean prediction less the mean entropy of the predictions, H[mean p] - mean H[p], zero where all masks say the same. It is measured on test
/// pictures and on the same pictures changed in a way that training never showed; the area under the ROC curve says how well it tells
/// one from the other. Gal and Ghahramani 2016, https://arxiv.org/abs/1506.02142; Houlsby and others 2011, https://arxiv.org/abs/1112.5745,
/// equation 2.
/// </remarks>
public sealed class MonteCarloDropout : Lab
{
    /// <summary>What makes a picture unfamiliar.</summary>
    public enum Shift
    {
        /// <summary>Turned by a random angle.</summary>
        Turned,

        /// <summary>Top and bottom exchanged.</summary>
        UpsideDown,

        /// <summary>Random noise on every pixel.</summary>
        Noise,

        /// <summary>Nothing at all.</summary>
        None,
    }

    [Knob(En = "how the shifted pictures differ from those of the training", Zh = "偏移图片与训练图片有何不同")]
    public Shift ShiftedBy { get; init; } = Shift.UpsideDown;

    [Knob(2, 200, En = "predictions for each picture; a smaller budget takes fewer", Zh = "每张图片的预测次数；预算较小时取得更少")]
    public int Passes { get; init; } = 60;

    [Knob(En = "whether masks are drawn while predicting", Zh = "预测时是否继续取掩码")]
    public bool MasksOn { get; init; } = true;

    public override Bilingual Title => ("With masks left on, the spread of predictions rises on shifted pictures and tells them from clean ones", "预测时保留掩码：偏移图片上预测更分散，据此可把它们与正常图片区分开");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("masks-off", ("Ordinary evaluation: every pass gives the same answer, the spread is zero everywhere and tells nothing apart.", "普通推理模式：每次预测都相同，分散度处处为零，什么也区分不了。"), ("masks-on", "false")),
        new("no-shift", ("Clean against clean: the area is one half, as for a coin.", "正常对正常：曲线下面积为二分之一，与抛硬币无异。"), ("shifted-by", "none")),
        new("turned", ("Turned by any angle: small turns leave a picture familiar, so that clean and shifted ones are harder to tell apart.", "随机角度旋转：转得少的图片依旧眼熟，因此更难与正常图片区分。"), ("shifted-by", "turned")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, tests) = lab.Load(Sets.Fashion);
        var training = DropoutNetwork.Pictures(lab, all);
        var (clean, _) = LabContext.Samples(LabContext.Some(tests, lab.Pick(400, 800, 2000), seed: 0));
        var shifted = Shifted(clean);
        int passes = Math.Min(Passes, lab.Pick(12, 30, Passes));
        var found = lab.Seeds.Select(seed =>
        {
            var network = DropoutNetwork.Trained(lab, training, 0.5, seed);
            return (Clean: Spread(network, clean, passes), Shifted: Spread(network, shifted, passes));
        }).ToArray();

        var low = new Arm(("mean spread on clean pictures, nats", "正常图片上的平均分散度（奈特）"), [.. found.Select(f => f.Clean.Average(s => (double)s))]);
        var high = new Arm(("mean spread on shifted pictures, nats", "偏移图片上的平均分散度（奈特）"), [.. found.Select(f => f.Shifted.Average(s => (double)s))]);
        var area = new Arm(("area under the ROC curve of the spread", "以分散度判别的 ROC 曲线下面积"), [.. found.Select(f => Roc(f.Clean, f.Shifted).Area)]);
        Draw(lab, clean, shifted, found[0].Clean, found[0].Shifted);
        return
        [
            Verdict.Holds("uncertainty-rises-under-shift", [low, high, area],
                Condition.AtLeast(("mean spread on shifted pictures over that on clean ones", "偏移与正常图片的平均分散度之比"), new Arm("", [.. low.Values.Zip(high.Values, (a, b) => b / a)]).Median, 1.2),
                Condition.AtLeast(area.Name, area.Median, lab.Pick(0.6, 0.65, 0.7))),
        ];
    }

    private Tensor Shifted(Tensor clean)
    {
        string change = ShiftedBy switch { Shift.Turned => "rotation:180", Shift.UpsideDown => "vertical-flip:1", Shift.Noise => "noise:0.5", _ => "" };
        var pipeline = AugmentationPipeline.Parse(change, seed: 5);
        var shifted = clean.Clone();
        int length = 28 * 28;
        for (int i = 0; i < clean.Shape[0]; i++) pipeline.Apply(shifted.Span.Slice(i * length, length), new PictureShape(1, 28, 28), epoch: 0, sample: i);
        return shifted;
    }

    // H[mean p] - mean H[p] for every picture.
    private float[] Spread(Sequential network, Tensor pictures, int passes)
    {
        if (MasksOn) DropoutNetwork.KeepDropping(network);
        else network.Evaluate();
        int count = pictures.Shape[0], classes = 10;
        var (sum, entropy) = (new float[count * classes], new float[count]);
        for (int pass = 0; pass < passes; pass++)
        {
            float[] one = DropoutNetwork.Probabilities(network, pictures);
            TensorPrimitives.Add<float>(sum, one, sum);
            for (int i = 0; i < count; i++) entropy[i] += Entropy(one.AsSpan(i * classes, classes)) / passes;
        }

        TensorPrimitives.Divide(sum, passes, sum);
        return [.. Enumerable.Range(0, count).Select(i => MathF.Max(0, Entropy(sum.AsSpan(i * classes, classes)) - entropy[i]))];
    }

    private static float Entropy(ReadOnlySpan<float> probabilities)
    {
        double entropy = 0;
        foreach (float p in probabilities) entropy -= p > 0 ? p * Math.Log(p) : 0;
        return (float)entropy;
    }

    private static RocCurve Roc(float[] clean, float[] shifted) =>
        RocCurve.Of([.. clean, .. shifted], [.. clean.Select(_ => false), .. shifted.Select(_ => true)]);

    private static void Draw(LabContext lab, Tensor clean, Tensor shifted, float[] cleanSpread, float[] shiftedSpread)
    {
        var curve = Roc(cleanSpread, shiftedSpread).Points;
        lab.Show(new Chart("roc", ("Telling shifted from clean pictures by the spread", "以分散度区分偏移与正常图片"), ("share of clean pictures above the threshold", "超过阈值的正常图片比例"), ("share of shifted pictures above it", "超过阈值的偏移图片比例"),
            [new ChartLine(("spread over masks", "掩码分散度"), [.. curve.Select(p => p.FalsePositiveRate)], [.. curve.Select(p => p.TruePositiveRate)]), new ChartLine(("a coin", "抛硬币"), [0, 1], [0, 1])]));
        Plots.Picture Picture(Tensor pictures, float[] spread, int i) =>
            new(pictures.ToArray().AsMemory(i * 28 * 28, 28 * 28), 1, 28, 28, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{spread[i]:F2}"));
        int[] shown = [.. Enumerable.Range(0, 8)];
        lab.Show("pictures", ("Clean pictures and the same ones shifted, with the spread of the predictions in nats", "正常图片与偏移后的同一图片，下方为预测分散度（奈特）"),
            [.. shown.Select(i => Picture(clean, cleanSpread, i)), .. shown.Select(i => Picture(shifted, shiftedSpread, i))], columns: 8);
    }
}
