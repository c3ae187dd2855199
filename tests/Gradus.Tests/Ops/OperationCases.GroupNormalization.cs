using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Layer, group and instance normalisation.</content>
internal static partial class OperationCases
{
    private static readonly (Shape X, int Axes)[] RowShapes =
        [([1, 2], 1), ([7], 1), ([5, 17], 1), ([3, 4, 16], 1), ([3, 2, 5, 7], 2), ([2, 3, 5], 3), ([4, 1], 1), ([0, 3], 1), ([67, 131], 1), ([40, 128], 1), ([2, 9001], 1)];

    private static readonly (Shape X, int Groups)[] GroupShapes =
        [([1, 2], 1), ([3, 4], 2), ([2, 6, 5], 3), ([2, 6, 3, 5], 2), ([3, 5, 7, 3], 5), ([2, 4, 1, 1], 2), ([0, 4, 2, 2], 2), ([5, 12, 17, 19], 4)];

    private static readonly Shape[] InstanceShapes = [[1, 1, 2], [2, 6, 5], [2, 6, 3, 5], [3, 5, 7, 3], [0, 4, 2, 2], [5, 12, 17, 19]]; // of one pixel, all gradients are 0

    private static IEnumerable<OperationCase> SampleNormalization =>
    [
        new("LayerNormalization", typeof(LayerNormalization), RowShapes.Length, (variant, random) => MakeLayerNormalization(variant, random, hasGain: true, hasBias: true)),
        new("LayerNormalization, gain", typeof(LayerNormalization), RowShapes.Length, (variant, random) => MakeLayerNormalization(variant, random, hasGain: true, hasBias: false)),
        new("LayerNormalization, bias", typeof(LayerNormalization), RowShapes.Length, (variant, random) => MakeLayerNormalization(variant, random, hasGain: false, hasBias: true), "a gain is required there"),
        new("LayerNormalization, neither", typeof(LayerNormalization), RowShapes.Length, (variant, random) => MakeLayerNormalization(variant, random, hasGain: false, hasBias: false), "a gain is required there"),
        new("GroupNormalization", typeof(GroupNormalization), GroupShapes.Length, (variant, random) => MakeGroupNormalization(GroupShapes[variant], random, affine: true, instances: false), "operator set 20 has a gain for each group"),
        new("GroupNormalization, neither", typeof(GroupNormalization), GroupShapes.Length, (variant, random) => MakeGroupNormalization(GroupShapes[variant], random, affine: false, instances: false), "operator set 20 has a gain for each group"),
        new("GroupNormalization of instances", typeof(GroupNormalization), InstanceShapes.Length, (variant, random) => MakeGroupNormalization((InstanceShapes[variant], InstanceShapes[variant][1]), random, affine: true, instances: true)),
    ];

    private static OperationProblem MakeLayerNormalization(int variant, RandomSource random, bool hasGain, bool hasBias)
    {
        var (shape, axes) = RowShapes[variant];
        var normalized = shape[^axes..];
        Tensor[] inputs = [Random(random, shape)];
        if (hasGain) inputs = [.. inputs, Random(random, normalized)];
        if (hasBias) inputs = [.. inputs, Random(random, normalized)];
        return new(
            inputs, x => x[0].LayerNormalize(hasGain ? x[1] : null, hasBias ? x[^1] : null, 1e-3f, axes),
            x => Normalized(x[0], normalized.Count, 1e-3f, (value, place) => value * (hasGain ? x[1].Values[place % normalized.Count] : 1) + (hasBias ? x[^1].Values[place % normalized.Count] : 0)),
            hasGain && shape.Count > 0 ? new OnnxNode("LayerNormalization", new() { ["axis"] = -axes, ["epsilon"] = 1e-3f }) : null);
    }

    private static OperationProblem MakeGroupNormalization((Shape X, int Groups) problem, RandomSource random, bool affine, bool instances)
    {
        var (shape, groups) = problem;
        Tensor[] inputs = affine ? [Random(random, shape), Random(random, [shape[1]]), Random(random, [shape[1]])] : [Random(random, shape)];
        int plane = shape[2..].Count;
        return new(
            inputs, x => instances ? x[0].InstanceNormalize(x[1], x[2], 1e-3f) : x[0].GroupNormalize(groups, affine ? x[1] : null, affine ? x[2] : null, 1e-3f),
            x => Normalized(x[0], shape[1] / groups * plane, 1e-3f, (value, place) => affine ? value * x[1].Values[place / plane % shape[1]] + x[2].Values[place / plane % shape[1]] : value),
            instances && shape.Count > 0 ? new OnnxNode("InstanceNormalization", new() { ["epsilon"] = 1e-3f }) : null);
    }

    /// <summary>Runs of a length to zero mean and unit variance, then a function of each value and its place.</summary>
    private static DoubleTensor Normalized(DoubleTensor x, int length, double epsilon, Func<double, int, double> then)
    {
        var runs = x.Values.Chunk(length).Select(Statistics).ToArray();
        return new DoubleTensor(x.Sizes, [.. x.Values.Select((value, place) => then((value - runs[place / length].Mean) / runs[place / length].Deviation, place))]);

        (double Mean, double Deviation) Statistics(double[] run)
        {
            double mean = run.Average();
            return (mean, Math.Sqrt(run.Average(value => (value - mean) * (value - mean)) + epsilon));
        }
    }
}
