using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Parts, borders and look-up.</content>
internal static partial class OperationCases
{
    private static readonly (Shape X, int Axis, int[] Sizes)[] Splits =
        [([1], 0, [1]), ([7], 0, [3, 4]), ([5, 6], -1, [2, 1, 3]), ([3, 7, 5], 1, [1, 4, 0, 2]), ([3, 7, 5], 0, [2, 1]), ([0, 4], 1, [1, 3]), ([70, 317], 1, [200, 117]), ([2, 3, 2, 3], -2, [1, 1])];

    private static readonly (Shape X, (int Before, int After)[] Amounts)[] Borders =
    [
        ([], []), ([1], [(0, 0)]), ([7], [(2, 3)]), ([7], [(0, 6)]), ([5, 3], [(1, 2), (2, 0)]), ([2, 3, 6, 5], [(0, 0), (0, 0), (1, 2), (4, 1)]),
        ([2, 3, 6, 5], [(1, 0), (0, 2), (0, 0), (1, 1)]), ([3, 4, 5], [(0, 0), (2, 1), (0, 0)]), ([2, 1, 4], [(1, 0), (0, 0), (0, 2)]), ([33, 3, 17, 19], [(0, 0), (0, 0), (2, 2), (2, 2)]),
        ([0, 4], [(0, 0), (1, 1)]),
    ];

    private static readonly (Shape X, int Axis, Shape Indices)[] Lookups =
    [
        ([1], 0, [1]), ([7], 0, [3]), ([7], -1, []), ([5, 3], 0, [9]), ([5, 3], 1, [4]), ([3, 5, 7], 1, [2]), ([3, 5, 7], -2, [2, 3]), ([5, 3], 0, [0]), ([0, 5, 2], 1, [3]), ([11, 200], 0, [2, 50]),
        ([40, 9, 70], 1, [31]), ([300, 40], 1, [55]),
    ];

    private static IEnumerable<OperationCase> Parts =>
    [
        new("Split", typeof(Split), 2 * Splits.Length, MakeSplit),
        new("Split, the parts in another order", typeof(Split), Splits.Length, MakeShuffle, "several nodes there"),
        new("Pad, constant", typeof(Pad), Borders.Length, (variant, random) => MakePad(variant, random, PaddingMode.Constant, "constant")),
        new("Pad, another constant", typeof(Pad), Borders.Length, (variant, random) => MakePad(variant, random, PaddingMode.Constant, null, 1.5f), "see the form with 0"),
        new("Pad, reflect", typeof(Pad), Borders.Length, (variant, random) => MakePad(variant, random, PaddingMode.Reflect, "reflect")),
        new("Pad, replicate", typeof(Pad), Borders.Length, (variant, random) => MakePad(variant, random, PaddingMode.Replicate, "edge")),
        new("Gather", typeof(Gather), Lookups.Length, MakeGather),
        new("Gather, embedding", typeof(Gather), 2, (variant, random) => MakeEmbedding(random, floats: variant == 1), "no padding number there"),
    ];

    private static OperationProblem MakeSplit(int variant, RandomSource random)
    {
        var (shape, axis, sizes) = Splits[variant / 2];
        int along = shape.Axis(axis), part = variant % 2 == 0 ? 0 : sizes.Length - 1, start = sizes[..part].Sum();
        return new(
            [Random(random, shape)], x => x[0].Split(sizes, axis)[part],
            x => DoubleTensor.Of([.. shape.With(along, sizes[part])], index => x[0][[.. index.Select((at, i) => i == along ? start + at : at)]]),
            shape.Count == 0 ? null : new OnnxNode("Split", new() { ["axis"] = axis }, Longs(sizes)) { Outputs = sizes.Length, Output = part });
    }

    private static OperationProblem MakeShuffle(int variant, RandomSource random)
    {
        var (shape, axis, sizes) = Splits[variant];
        int along = shape.Axis(axis);
        int[] places = [.. sizes.Select((size, part) => Enumerable.Range(sizes[..part].Sum(), size)).Reverse().SelectMany(range => range)];
        return new(
            [Random(random, shape)], x => Tensor.Concat(axis, [.. x[0].Split(sizes, axis).AsEnumerable().Reverse()]),
            x => DoubleTensor.Of([.. shape], index => x[0][[.. index.Select((at, i) => i == along ? places[at] : at)]]));
    }

    private static OperationProblem MakePad(int variant, RandomSource random, PaddingMode mode, string? onnx, float value = 0)
    {
        var (shape, amounts) = Borders[variant];
        int[] sizes = [.. shape.Select((size, axis) => amounts[axis].Before + size + amounts[axis].After)];
        return new(
            [Random(random, shape)], x => x[0].Pad(amounts, mode, value), x => DoubleTensor.Of(sizes, index =>
            {
                int[] source = [.. index.Select((at, axis) => Source(at - amounts[axis].Before, shape[axis]))];
                return source.Contains(-1) ? value : x[0][source];
            }),
            onnx is null || shape.Count == 0 || shape.Rank == 0 ? null : new OnnxNode(
                "Pad", new() { ["mode"] = onnx }, [.. amounts.Select(amount => (long)amount.Before), .. amounts.Select(amount => (long)amount.After)]));

        int Source(int at, int size) => mode switch
        {
            PaddingMode.Replicate => Math.Max(0, Math.Min(at, size - 1)),
            PaddingMode.Reflect => at < 0 ? -at : at < size ? at : size - 1 - (at - (size - 1)),
            _ => at >= 0 && at < size ? at : -1,
        };
    }

    private static OperationProblem MakeGather(int variant, RandomSource random)
    {
        var (shape, axis, indices) = Lookups[variant];
        int along = shape.Axis(axis);
        int[] numbers = [.. Enumerable.Range(0, indices.Count).Select(_ => random.Next(shape[along]))];
        return new(
            [Random(random, shape)], x => x[0].Gather(axis, new IntTensor(numbers, indices)),
            x => DoubleTensor.Of([.. shape.Sizes[..along], .. indices.Sizes, .. shape.Sizes[(along + 1)..]], index =>
            {
                int place = 0;
                for (int i = 0; i < indices.Rank; i++) place = place * indices[i] + index[along + i];
                return x[0][[.. index[..along], numbers[place], .. index[(along + indices.Rank)..]]];
            }),
            shape.Count > 0 && indices.Rank == 1 && indices.Count > 0 ? new OnnxNode("Gather", new() { ["axis"] = axis }, Longs(numbers)) : null);
    }

    // The row for padding counts as a constant.
    private static OperationProblem MakeEmbedding(RandomSource random, bool floats)
    {
        int[] tokens = [2, 0, 1, 2, 2, 6];
        var table = Random(random, [7, 5]);
        var constant = DoubleTensor.From(table);
        return new(
            [table], x => floats ? x[0].Embed(Tensor.From([.. tokens.Select(token => (float)token)], [2, 3]), padding: 1) : x[0].Embed(new IntTensor(tokens, [2, 3]), padding: 1),
            x => DoubleTensor.Of([2, 3, 5], index => (tokens[3 * index[0] + index[1]] == 1 ? constant : x[0])[tokens[3 * index[0] + index[1]], index[2]]));
    }
}
