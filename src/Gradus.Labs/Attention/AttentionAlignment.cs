using Gradus.Plots;
using Gradus.Schedules;
using Gradus.Zoo;

namespace Gradus.Labs.Attention;

/// <summary>Nobody tells attention where to look, and yet, trained to reverse digits, its heaviest weight lies on the mirrored place; its weights sum to 1.</summary>
/// <remarks>
/// Additive attention over an encoder of both directions, so that a state knows best what stands at its own place. Targets are of 4 to 10 digits, filled up to one length: the weights of every step are a
/// softmax over the source's own places, and padding gets none. For contrast the same network is read once without being told the lengths. Bahdanau, Cho and Bengio 2015, https://arxiv.org/abs/1409.0473, figure 3.
/// </remarks>
public sealed class AttentionAlignment : Lab
{
    private const int Width = 16, Units = 32, Batch = 50, Test = 200, Shortest = 4, Longest = 10;

    [Knob(En = "holds the weights uniform: the vector that scores is 0 and not trained", Zh = "让权重恒为均匀：打分向量为 0 且不训练")]
    public bool Uniform { get; init; }

    [Knob(En = "whether attention is told where each source ends", Zh = "是否告诉注意力每个源序列在哪里结束")]
    public bool Mask { get; init; } = true;

    public override Bilingual Title => (
        "Attention finds the mirrored place by itself, and its weights sum to 1",
        "注意力自己找到镜像位置，权重之和为 1");

    public override IReadOnlyList<Preset> Presets =>
    [
        new("uniform", ("All scores 0: a grey square instead of a diagonal.", "打分全为 0：不见对角线，只剩一片均匀的灰。"), ("uniform", "true")),
        new("no-mask", ("Padding is read as tokens: part of the weight lies behind the source's end, and what is left for the source is below 1.", "填充被当成了词元：一部分权重落到句末之后，留给源序列的不足 1。"), ("mask", "false")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        var pairs = ReversalTask.Make(Test, Shortest, Longest, seed: ulong.MaxValue);
        var models = lab.Seeds.ToDictionary(seed => seed, seed => Trained(lab, seed));
        Tensor Weights(ulong seed, bool told) => models[seed].Alignment(pairs.Source, pairs.Target, told ? pairs.Lengths : null);
        var trained = lab.Measure(("trained", "训练后"), seed => Mirrored(Weights(seed, Mask), pairs));
        var untrained = lab.Measure(("untrained", "未训练"), seed => Mirrored(New(seed).Alignment(pairs.Source, pairs.Target, pairs.Lengths), pairs));
        var told = lab.Measure(("lengths told", "告知长度"), seed => FarthestSum(Weights(seed, Mask), pairs));
        var untold = lab.Measure(("lengths not told", "不告知长度"), seed => FarthestSum(Weights(seed, told: false), pairs));
        lab.Show("alignment", ("Weights of four targets, darkest heaviest: a row for each step of the target, a column for each digit of the source", "四个样本的权重，越黑越重：每行是目标的一步，每列是源序列的一个数字"), Pictures(Weights(lab.Seeds[0], Mask), pairs), columns: 4);
        return
        [
            Verdict.Holds(
                "attention-finds-the-alignment", [trained, untrained],
                Condition.AtLeast(("share of steps whose heaviest weight lies on the mirrored place", "最大权重落在镜像位置上的步所占比例"), trained.Median, lab.Pick(0.7, 0.9, 0.9)),
                Condition.AtMost(("the same before training", "训练前的同一比例"), untrained.Median, 0.5)),
            Verdict.Holds(
                "weights-sum-to-one", [told, untold],
                Condition.AtMost(("largest |sum - 1| of the weights over the source's own places", "源序列各位置权重之和与 1 的最大偏差"), told.Median, 1e-5),
                Condition.AtLeast(("the same where padding is read as tokens", "把填充当作词元时的同一偏差"), untold.Median, 1e-3)),
        ];
    }

    private static AdditiveSequenceToSequence New(ulong seed) =>
        new(ReversalTask.Vocabulary, ReversalTask.Vocabulary, Width, Units, dropout: 0, random: new RandomSource(seed));

    private AdditiveSequenceToSequence Trained(LabContext lab, ulong seed)
    {
        var model = New(seed);
        var learned = model.NamedParameters().ToList();
        if (Uniform)
        {
            learned.Single(named => named.Name == "attention.v").Parameter.Span.Clear();
            learned.RemoveAll(named => named.Name == "attention.v");
        }

        var batches = ReversalTask.Batches(ReversalTask.Make(lab.Pick(1500, 4000, 10_000), Shortest, Longest, seed), Batch, shuffle: seed);
        int epochs = lab.Pick(5, 5, 5);
        lab.Cached($"attention-alignment uniform {Uniform} seed {seed}", model, () => lab.Fit(
            ReversalTask.Objective(model), new Adam(learned.Select(named => named.Parameter), 0.01f) { ClipNorm = 1 }, batches, epochs,
            schedule: new CosineSchedule((long)epochs * batches.Count), line: ($"seed {seed}", $"种子 {seed}")));
        model.Evaluate();
        return model;
    }

    private static double Mirrored(Tensor weights, TokenPairs pairs)
    {
        int right = 0, all = 0;
        for (int i = 0; i < Test; i++)
        {
            int length = pairs.Lengths.Span[i];
            for (int step = 0; step < length; step++, all++)
            {
                var row = Row(weights, i, step);
                if (System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(row) == length - 1 - step) right++;
            }
        }

        return (double)right / all;
    }

    private static double FarthestSum(Tensor weights, TokenPairs pairs)
    {
        double farthest = 0;
        for (int i = 0; i < Test; i++)
        {
            int length = pairs.Lengths.Span[i];
            for (int step = 0; step < length; step++)
            {
                double sum = 0;
                foreach (float weight in Row(weights, i, step)[..length]) sum += weight;
                farthest = Math.Max(farthest, Math.Abs(sum - 1));
            }
        }

        return farthest;
    }

    private static ReadOnlySpan<float> Row(Tensor weights, int sample, int step)       // of [samples, steps, places]
    {
        var (steps, places) = (weights.Shape[1], weights.Shape[2]);
        return weights.Span.Slice((sample * steps + step) * places, places);
    }

    private static Picture[] Pictures(Tensor weights, TokenPairs pairs) =>
    [
        .. Enumerable.Range(0, 4).Select(i =>
        {
            int length = pairs.Lengths.Span[i];
            var pixels = new float[length * length];
            for (int step = 0; step < length; step++)
            {
                for (int place = 0; place < length; place++) pixels[step * length + place] = 1 - Row(weights, i, step)[place];
            }

            string Text(Tensor tokens, int first) => string.Concat(tokens.Span.Slice(i * tokens.Shape[1] + first, length).ToArray().Select(token => (char)('0' + (int)token - SequenceToSequence.FirstFree)));
            return new Picture(pixels, 1, length, length, $"{Text(pairs.Source, 0)}\n{Text(pairs.Target, 1)}");
        }),
    ];
}
