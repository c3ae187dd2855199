using Gradus.Graph;
using Gradus.Layers;
using Gradus.Ops;
using Gradus.Schedules;

namespace Gradus.Labs.Convolution;

/// <summary>What each stage of a convolutional network is for: how far it sees, and what is lost without it.</summary>
/// <remarks>
/// Receptive fields: every input pixel of some pictures is changed in turn; the extent of the pixels that change a unit in the middle of a layer is
/// its receptive field as measured, and r = r' + (k - 1) j', with j' the product of the strides before, is the formula's. Ablation: the network is
/// trained anew without one stage at a time (a convolution goes with its activation, its pool stays, so that the dense layers gain no inputs) and
/// tested. Luo et al. 2016, https://arxiv.org/abs/1701.04128; Zeiler and Fergus
/// 2014, https://arxiv.org/abs/1311.2901, section 4.3.
/// </remarks>
public sealed class LayerAblation : Lab
{
    private const int Side = 28;

    [Knob(1, 5, En = "side of the convolutions' kernels", Zh = "卷积核的边长")]
    public int Kernel { get; init; } = 3;

    [Knob(En = "whether one more dense layer, without activation, stands before the last", Zh = "最后一层之前是否多一个不带激活的全连接层")]
    public bool LinearStage { get; init; }

    public override Bilingual Title => ("Layer by layer: how far each one sees, and what is lost without it", "逐层来看：每层看多远，去掉它会损失什么");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("one-pixel-kernels", ("Kernels of one pixel: only the pools widen the view, and the convolutions see no neighbours.", "1x1 卷积核：只有池化扩大视野，卷积看不到任何邻居。"), ("kernel", "1")),
        new("idle-stage", ("A dense layer without activation computes nothing that its successor could not: leaving it out costs nothing.", "不带激活的全连接层所做的，后一层自己就能做：去掉它毫无损失。"), ("linear-stage", "true")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab) => [ReceptiveFields(lab), Ablation(lab)];

    private Verdict ReceptiveFields(LabContext lab)
    {
        var pictures = LabContext.Samples(LabContext.Some(lab.Load(Sets.Fashion).Test, lab.Pick(10, 10, 30), seed: 0)).Inputs;
        var layers = Field.Of(Kernel);
        var measured = lab.Seeds.Select(seed => Measure(pictures, lab.Pick(1, 3, 8), seed)).ToArray();
        Arm Mistakes(Bilingual name, Func<Field, int> formula) => new(name, [.. measured.Select(sizes => (double)sizes.Zip(layers, (size, layer) => size != formula(layer) ? 1 : 0).Sum())]);
        var right = Mistakes(("layers where r' + (k - 1) j' is wrong", "r' + (k - 1) j' 算错的层数"), layer => layer.Size);
        var strideless = Mistakes(("layers where r' + (k - 1) is wrong, strides forgotten", "忘记步幅、用 r' + (k - 1) 算错的层数"), layer => layer.WithoutStrides);
        double growth = layers.Skip(1).Select((layer, i) => layer.Convolution ? measured[0][i + 1] - measured[0][i] : int.MaxValue).Min();

        lab.Show(new ResultTable("receptive-fields", ("Receptive fields", "感受野"), [("layer", "层"), ("measured", "实测"), ("formula", "公式"), ("strides forgotten", "忘记步幅")],
            [.. layers.Select((layer, i) => (IReadOnlyList<Bilingual>)[layer.Name, $"{measured[0][i]}", $"{layer.Size}", $"{layer.WithoutStrides}"])]));
        lab.Show(new Chart("receptive-field-by-layer", ("Side of the receptive field by layer", "各层感受野的边长"), ("layer", "层"), ("pixels", "像素"),
        [
            ChartLine.Counted(("measured", "实测"), [.. measured[0].Select(size => (double)size)]),
            ChartLine.Counted(("strides forgotten", "忘记步幅"), [.. layers.Select(layer => (double)layer.WithoutStrides)]),
        ]));
        return Verdict.Holds(
            "receptive-field-grows", [right, strideless],
            Condition.AtMost(right.Name, right.Median, 0),
            Condition.AtLeast(("least growth by a convolution (pixels)", "一层卷积带来的最小增长（像素）"), growth, 1),
            Condition.AtLeast(strideless.Name, strideless.Median, 1));
    }

    // Random weights: whatever a layer can see moves some of its channels.
    private int[] Measure(Tensor pictures, int used, ulong seed)
    {
        using var _ = GradientMode.Off();
        var layers = Stages(new RandomSource(seed))[..^1].SelectMany(stage => stage.Layers).Where(layer => layer is not Flatten and not Linear).ToArray();
        var seen = new List<HashSet<int>>();
        for (int picture = 0; picture < used; picture++)
        {
            var changed = Changed(pictures.Slice(0, picture, 1), new RandomSource(seed + (ulong)picture));
            int place = 0;
            foreach (var layer in layers)
            {
                changed = layer.Forward(changed);
                if (layer is Relu) continue;
                if (picture == 0) seen.Add([]);
                seen[place++].UnionWith(Seen(changed));
            }
        }

        return [.. seen.Select(pixels => pixels.Max(pixel => pixel / Side) - pixels.Min(pixel => pixel / Side) + 1)];
    }

    // [1 + pixels, 1, h, w]: the picture with noise, then the same with one pixel changed, each in turn.
    private static Tensor Changed(Tensor picture, RandomSource random)
    {
        var noise = new float[Side * Side];
        random.Uniform(noise);
        var batch = Tensor.Zeros([1 + Side * Side, 1, Side, Side]);
        for (int row = 0; row < batch.Shape[0]; row++)
        {
            var values = batch.Span.Slice(row * Side * Side, Side * Side);
            for (int i = 0; i < values.Length; i++) values[i] = picture.Span[i] + noise[i];
            if (row > 0) values[row - 1] += 5;
        }

        return batch;
    }

    // The pixels whose change changes any channel in the middle of the maps.
    private static IEnumerable<int> Seen(Tensor maps)
    {
        int channels = maps.Shape[1], side = maps.Shape[2], middle = side / 2 * side + side / 2, sample = channels * side * side;
        float[] values = maps.ToArray();
        return Enumerable.Range(0, Side * Side).Where(pixel => Enumerable.Range(0, channels).Any(
            channel => values[(pixel + 1) * sample + channel * side * side + middle] != values[channel * side * side + middle]));
    }

    private Verdict Ablation(LabContext lab)
    {
        var (train, test) = lab.Load(Sets.Fashion);
        var learned = LabContext.Some(train, lab.Pick(1_500, 6_000, 20_000), seed: 0);
        var unseen = LabContext.Some(test, lab.Pick(1_000, 3_000, 10_000), seed: 0);
        int epochs = lab.Pick(3, 3, 4);

        Arm Train(Bilingual name, string without) => lab.Measure(name, seed =>
        {
            var network = Network(without, new RandomSource(seed));
            var batches = LabContext.Batches(learned, 64, shuffle: seed);
            lab.Fit(network, new Adam(network.Parameters, 2e-3f), batches, epochs, schedule: new OneCycleSchedule((long)epochs * batches.Count), line: name);
            return 100 * lab.Accuracy(network, LabContext.Batches(unseen, 500));
        });

        var whole = Train(("whole network", "完整网络"), "");
        var names = Stages(new RandomSource(0))[..^1].Select(stage => stage.Name).ToArray();
        Arm[] without = [.. names.Select(name => Train(($"without {name.En}", $"去掉{name.Zh}"), name.En))];
        lab.Show(new ResultTable("ablation", ("Accuracy without a stage (%)", "去掉一个阶段后的准确率（%）"), [("network", "网络"), ("accuracy", "准确率"), ("lost (points)", "损失（百分点）")],
            [.. without.Prepend(whole).Select(arm => (IReadOnlyList<Bilingual>)[arm.Name, $"{arm.Median:f1}", $"{whole.Median - arm.Median:f1}"])]));
        return Verdict.Holds(
            "every-layer-is-needed", [whole, .. without],
            [.. without.Select(arm => Condition.AtLeast(($"accuracy lost {arm.Name.En} (points)", $"{arm.Name.Zh}损失的准确率（百分点）"), whole.Median - arm.Median, lab.Pick(0.1, 0.2, 0.5)))]);
    }

    private Stage[] Stages(RandomSource random, string without = "")
    {
        var stages = new List<Stage>();
        int channels = 1, side = Side, inputs = 0;
        foreach (var (name, width) in new (Bilingual, int)[] { (("convolution 1", "卷积 1"), 16), (("convolution 2", "卷积 2"), 32) })
        {
            bool there = name.En != without; // its pool stays in any case: the dense layers are to gain no inputs
            Layer[] convolution = there ? [new Conv2d(channels, width, Kernel, same: true, random: random), new Relu()] : [];
            stages.Add(new Stage(name, [.. convolution, new MaxPool2d(2)]));
            (channels, side) = (there ? width : channels, side / 2);
        }

        inputs = channels * side * side;
        var dense = new List<(Bilingual Name, Layer[] After)> { (("hidden layer", "隐藏层"), [new Relu()]) };
        if (LinearStage) dense.Add((("linear layer", "线性层"), []));
        foreach (var (name, after) in dense.Where(one => one.Name.En != without))
        {
            stages.Add(new Stage(name, [new Flatten(), new Linear(inputs, 128, random: random), .. after]));
            inputs = 128;
        }

        return [.. stages, new Stage(("output layer", "输出层"), [new Flatten(), new Linear(inputs, 10, random: random)])];
    }

    private Sequential Network(string without, RandomSource random) => new([.. Stages(random, without).SelectMany(stage => stage.Layers)]);

    private sealed record Stage(Bilingual Name, Layer[] Layers);

    /// <summary>A layer's receptive field by the formula, and as one gets it who forgets the strides.</summary>
    private sealed record Field(Bilingual Name, bool Convolution, int Size, int WithoutStrides)
    {
        public static Field[] Of(int kernel)
        {
            var fields = new List<Field>();
            var (size, strideless, jump) = (1, 1, 1);
            foreach (int stage in new[] { 1, 2 })
            {
                (size, strideless) = (size + (kernel - 1) * jump, strideless + kernel - 1);
                fields.Add(new Field(($"convolution {stage}", $"卷积 {stage}"), true, size, strideless));
                (size, strideless, jump) = (size + jump, strideless + 1, 2 * jump);
                fields.Add(new Field(($"pool {stage}", $"池化 {stage}"), false, size, strideless));
            }

            return [.. fields];
        }
    }
}
