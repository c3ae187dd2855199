using Gradus.Graph;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;

namespace Gradus.Labs.Programming;

/// <summary>Two unpadded 3x3 convolutions and two 2x2 pools leave 6 x 6 positions of a 32x32 picture, not the 7 x 7 that a much-copied program says.</summary>
/// <remarks>
/// The network is run and its maps are measured, layer by layer; then the program's own flattening, a reshape to rows of 7 · 7 · 64 numbers that
/// leaves the number of rows open, is given batches of every size up to 128. It mostly refuses them; where it does not, the rows no longer are
/// pictures, and the loss refuses the labels. 7 x 7 belongs to pictures of 28x28 with same padding, from where it was copied.
/// </remarks>
public sealed class FlattenSize : Lab
{
    private const int Claimed = 7, Channels = 64, Largest = 128;

    [Knob(28, 40, En = "side of the pictures", Zh = "图像的边长")]
    public int Side { get; init; } = 32;

    [Knob(En = "whether the convolutions are padded to keep the size", Zh = "卷积是否填充以保持尺寸")]
    public bool SamePadding { get; init; }

    public override Bilingual Title => ("6 x 6, not 7 x 7: the size at which two unpadded convolutions and pools arrive", "是 6 x 6，不是 7 x 7：两次无填充卷积和池化后的尺寸");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("thirty-six", ("Pictures of 36x36 do leave 7 x 7: the number fits a size that nobody spoke of.", "36x36 的图像确实剩下 7 x 7：这个数字配的是另一种尺寸。"), ("side", "36")),
        new("digits", ("28x28 with same padding: 28, 14, 7. This is the tutorial on digits from which 7 x 7 was copied.", "28x28 配 same 填充：28、14、7。7 x 7 正是从这个手写数字教程抄来的。"), ("side", "28"), ("same-padding", "true")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var left = lab.Measure(("numbers left of a picture", "每张图剩下的数"), seed => (double)Maps(Side, SamePadding, seed)[^1].Shape[1..].Count);
        var claimed = lab.Measure(("numbers that the program counts on", "程序以为的数"), _ => (double)new Linear(Claimed * Claimed * Channels, 10, random: new RandomSource(0)).Weight.Shape[1]);
        var trained = lab.Measure(("batch sizes that reach a loss", "能算出损失的批大小个数"), seed => Enumerable.Range(1, Largest).Count(batch => Reach(batch, (int)left.Values[0], seed) == Reached.Loss));

        ShowSizes(lab);
        ShowBatches(lab, (int)left.Values[0]);
        return
        [
            Verdict.Refutes(
                "seven-by-seven-fits", [left, claimed, trained],
                Condition.Within(left.Name, left.Median, 6 * 6 * Channels, 0),
                Condition.AtLeast(("numbers that are missing", "缺少的数"), claimed.Median - left.Median, 1),
                Condition.AtMost(trained.Name, trained.Median, 0)),
        ];
    }

    // What each layer gives for one picture.
    private static List<Tensor> Maps(int side, bool same, ulong seed)
    {
        using var _ = GradientMode.Off();
        var random = new RandomSource(seed);
        var maps = new List<Tensor> { Tensor.Zeros([1, 3, side, side]) };
        Layer[] layers = [new Conv2d(3, Channels, 3, same: same, random: random), new MaxPool2d(2), new Conv2d(Channels, Channels, 3, same: same, random: random), new MaxPool2d(2)];
        foreach (var layer in layers) maps.Add(layer.Forward(maps[^1]));
        return maps;
    }

    private enum Reached
    {
        Nothing,
        Rows,
        Loss,
    }

    // The program's next steps for a batch: rows of 7 · 7 · 64, a dense layer, the loss of as many labels as there are pictures.
    private static Reached Reach(int batch, int numbers, ulong seed)
    {
        using var _ = GradientMode.Off();
        var reached = Reached.Nothing;
        try
        {
            var rows = Tensor.Zeros([batch, numbers]).Reshape(-1, Claimed * Claimed * Channels);
            reached = Reached.Rows;
            CrossEntropy.Of(new Linear(Claimed * Claimed * Channels, 10, random: new RandomSource(seed)).Forward(rows), new IntTensor(new int[batch]));
            return Reached.Loss;
        }
        catch (ArgumentException)
        {
            return reached;
        }
    }

    private static void ShowSizes(LabContext lab)
    {
        ChartLine Line(Bilingual name, int side, bool same) => ChartLine.Counted(name, [.. Maps(side, same, 0).Select(map => (double)map.Shape[2])]);
        lab.Show(new Chart(
            "sizes", ("Side of the maps: picture, convolution, pool, convolution, pool", "特征图的边长：图像、卷积、池化、卷积、池化"), ("place (1 is the picture)", "位置（1 为图像）"), ("side", "边长"),
            [
                Line(("32x32, unpadded: 6", "32x32，无填充：6"), 32, same: false),
                Line(("32x32, same padding: 8", "32x32，same 填充：8"), 32, same: true),
                Line(("28x28, same padding: 7", "28x28，same 填充：7"), 28, same: true),
            ]));
    }

    private static void ShowBatches(LabContext lab, int numbers)
    {
        IReadOnlyList<Bilingual> Row(int batch) => [$"{batch}", $"{batch * numbers:N0}", Reach(batch, numbers, 0) switch
        {
            Reached.Nothing => ("refused by the reshape", "重排时报错"),
            Reached.Rows => ($"{batch * numbers / (Claimed * Claimed * Channels)} rows that mix pictures; refused by the loss", $"得到 {batch * numbers / (Claimed * Claimed * Channels)} 行，图片混在一起；算损失时报错"),
            _ => ("a loss", "得到损失"),
        }];
        lab.Show(new ResultTable("batches", ("What becomes of a batch in rows of 3,136", "按每行 3,136 个数重排时的结果"), [("pictures", "图片数"), ("numbers", "数的个数"), ("result", "结果")], [Row(1), Row(32), Row(49), Row(98), Row(100)]));
    }
}
