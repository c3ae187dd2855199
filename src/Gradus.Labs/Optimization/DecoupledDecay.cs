using System.Numerics.Tensors;
using Gradus.Data;
using Gradus.Layers;

namespace Gradus.Labs.Optimization;

/// <summary>Adam with an L2 penalty is not AdamW: the penalty goes through the second moment, which undoes it for weights with large gradients and blows it up for those with rare ones.</summary>
/// <remarks>
/// Softmax regression on Fashion-MNIST, whose corner pixels are nearly always black: their weights have a gradient on few pictures. AdamW takes the share rate · decay of every weight in every step, whatever its
/// gradient: rarely used and busy weights shrink alike. Adam + L2 divides decay · w by √v: where the data's gradient is large, little is left of the penalty; where there is none, the
/// penalty is all of the gradient and every step is a whole one, so that these weights go to 0 at once. Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101, proposition 2.
/// </remarks>
public sealed class DecoupledDecay : Lab
{
    private const float Rate = 1e-3f;

    [Knob(0, 1, En = "strength of both: L2 coefficient of Adam, decay of AdamW", Zh = "两者的强度：Adam 的 L2 系数，AdamW 的衰减系数")]
    public double Decay { get; init; } = 0.1;

    public override Bilingual Title => (
        "Adam with L2 is not AdamW: it erases rarely used weights and hardly decays the busy ones",
        "Adam 加 L2 不等于 AdamW：它抹掉很少用到的权重，却几乎不衰减常用的权重");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("no-decay", ("Without decay both are Adam, to the last bit.", "不衰减时，两者都是 Adam，逐位相同。"), ("decay", "0")),
        new("weak", ("A hundredth: AdamW hardly does anything; Adam + L2 still erases the corners, since the size of a whole step does not ask for the penalty's.", "强度百分之一：AdamW 几乎不起作用；Adam + L2 仍会抹掉角落，因为归一化后的整步大小与惩罚强弱无关。"), ("decay", "0.001")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var (all, _) = lab.Load(Sets.Fashion);
        var training = LabContext.Some(all, lab.Pick(1500, 10000, 30000), seed: 0);
        var (rare, busy) = Pixels(training);
        int epochs = lab.Pick(6, 4, 4);
        var solutions = new Dictionary<(string, ulong), float[]>();

        // what is left of the weights of some pixels: their norm after training over that before
        Arm[] Kept(Bilingual name, Func<IEnumerable<Parameter>, Optimizer> make)
        {
            var left = (Rare: new double[lab.Seeds.Count], Busy: new double[lab.Seeds.Count]);
            for (int i = 0; i < lab.Seeds.Count; i++)
            {
                var linear = new Linear(28 * 28, 10, random: new RandomSource(lab.Seeds[i]));
                float[] before = linear.Weight.ToArray();
                lab.Fit(new Sequential(new Flatten(), linear), make(linear.Parameters), LabContext.Batches(training, 64, lab.Seeds[i]), epochs, line: name);
                float[] after = solutions[(name.En, lab.Seeds[i])] = linear.Weight.ToArray();
                (left.Rare[i], left.Busy[i]) = (Norm(after, rare) / Norm(before, rare), Norm(after, busy) / Norm(before, busy));
            }

            return [new Arm(($"{name.En}, rarely used pixels", $"{name.Zh}，很少用到的像素"), left.Rare), new Arm(($"{name.En}, busy pixels", $"{name.Zh}，常用的像素"), left.Busy)];
        }

        Arm[] decoupled = Kept("AdamW", parameters => new AdamW(parameters, Rate, weightDecay: (float)Decay));
        Arm[] penalty = Kept("Adam + L2", parameters => new Adam(parameters, Rate, weightDecay: (float)Decay));
        Arm[] none = Kept(("Adam, no decay", "Adam，无衰减"), parameters => new Adam(parameters, Rate));
        var apart = lab.Measure(("distance of the two solutions over their size", "两个解的距离与其大小之比"), seed =>
        {
            float[] a = solutions[("AdamW", seed)], b = solutions[("Adam + L2", seed)];
            return TensorPrimitives.Distance<float>(a, b) / TensorPrimitives.Norm<float>(a);
        });

        // what decay leaves of rarely used weights, over what it leaves of busy ones, each against the same training without decay
        double Even(Arm[] arms) => arms[0].Median / none[0].Median / (arms[1].Median / none[1].Median);
        Draw(lab, solutions);
        lab.Show(new ResultTable(
            "weights-left", ("Norm of the weights after training over that before", "训练后与训练前权重范数之比"), [("method and pixels", "方法与像素"), ("left", "剩余")],
            [.. ((Arm[])[.. decoupled, .. penalty, .. none]).Select(arm => (IReadOnlyList<Bilingual>)[arm.Name, FormattableString.Invariant($"{arm.Median:0.000}")])]));
        return
        [
            Verdict.Holds("adam-l2-is-not-adamw", [.. decoupled, .. penalty, .. none, apart],
                Condition.AtMost(("rarely used weights with AdamW over those without decay", "罕用权重：AdamW 与无衰减之比"), decoupled[0].Median / none[0].Median, lab.Pick(0.995, 0.98, 0.95)),
                Condition.Within(("share that AdamW leaves of rarely used weights over that of busy ones", "AdamW 对罕用权重与常用权重的保留比例之比"), Even(decoupled), 1, 0.05),
                Condition.AtMost(("the same of Adam + L2", "Adam + L2 的同一比值"), Even(penalty), 0.5),
                Condition.AtLeast(("distance of the two solutions", "两个解的相对距离"), apart.Median, 0.2)),
        ];
    }

    // Pixels that are dark (below an eighth) on all but one picture of a hundred at least, and those that are bright on half of them.
    private static (int[] Rare, int[] Busy) Pixels(Dataset set)
    {
        var bright = new int[set.SampleLength];
        var sample = new float[set.SampleLength];
        for (int i = 0; i < set.Count; i++)
        {
            set.Read(i, sample);
            for (int pixel = 0; pixel < bright.Length; pixel++) bright[pixel] += sample[pixel] > 0.125f ? 1 : 0;
        }

        int[] Where(Func<double, bool> share) => [.. Enumerable.Range(0, bright.Length).Where(pixel => share(bright[pixel] / (double)set.Count))];
        return (Where(share => share < 0.01), Where(share => share > 0.5));
    }

    private static double Norm(float[] weights, int[] pixels)
    {
        double sum = 0;
        for (int row = 0; row < 10; row++)
            foreach (int pixel in pixels) sum += Math.Pow(weights[row * 28 * 28 + pixel], 2);
        return Math.Sqrt(sum);
    }

    // The weights of one class as a picture: grey is 0.
    private static void Draw(LabContext lab, Dictionary<(string Method, ulong Seed), float[]> solutions)
    {
        var pictures = new List<Plots.Picture>();
        foreach (var (key, weights) in solutions.Where(solution => solution.Key.Seed == lab.Seeds[0]))
        {
            string method = key.Method == "Adam, no decay" ? "Adam" : key.Method;
            foreach (var (row, name) in ((int, string)[])[(1, "Trouser"), (5, "Sandal"), (8, "Bag")])
                pictures.Add(new Plots.Picture(weights[(row * 784)..((row + 1) * 784)].Select(w => 0.5f + 2 * w).ToArray(), 1, 28, 28, $"{method}\n{name}"));
        }

        lab.Show("weights", ("Weights of three classes after training: grey is 0. AdamW's are Adam's, all a little smaller; Adam + L2 has erased those of rarely used pixels", "训练后三个类别的权重，灰色为 0。AdamW 的权重就是 Adam 的权重整体略微缩小；Adam + L2 则抹掉了很少用到的像素的权重"), pictures, 3);
    }
}
