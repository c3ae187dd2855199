using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <content>Attention.</content>
internal static partial class OperationCases
{
    /// <summary>How the operands lie.</summary>
    private enum Heads
    {
        OnAnAxis,
        Beside,
        KeysAndValuesBeside,
        AllBeside,
    }

    private static readonly (int Batch, int Heads, int Queries, int Keys, int Size, Heads Form, bool Causal, int[]? Mask, int[]? Lengths)[] Attentions =
    [
        (1, 1, 1, 1, 1, Heads.OnAnAxis, false, null, null),
        (2, 3, 5, 7, 3, Heads.OnAnAxis, false, null, null),
        (2, 1, 5, 5, 8, Heads.OnAnAxis, true, null, null),
        (3, 2, 4, 3, 5, Heads.OnAnAxis, false, null, [3, 0, 2]),
        (2, 2, 5, 3, 4, Heads.OnAnAxis, true, [5, 3], null),
        (2, 2, 3, 5, 4, Heads.OnAnAxis, false, [2, 1, 3, 5], [5, 2]),
        (1, 2, 37, 35, 16, Heads.OnAnAxis, false, [1, 2, 37, 35], null),
        (2, 2, 65, 65, 32, Heads.OnAnAxis, true, null, null),
        (1, 2, 17, 300, 24, Heads.OnAnAxis, false, null, [290]),
        (1, 1, 290, 290, 17, Heads.OnAnAxis, true, [290, 290], null),
        (2, 2, 33, 129, 48, Heads.Beside, false, null, null),
        (1, 3, 3, 5, 2, Heads.Beside, false, null, null),
        (2, 2, 4, 3, 3, Heads.KeysAndValuesBeside, false, [4, 3], [2, 3]),
        (1, 2, 19, 20, 16, Heads.KeysAndValuesBeside, true, null, null),
        (2, 2, 4, 4, 3, Heads.AllBeside, true, null, [4, 3]),
        (2, 4, 128, 128, 32, Heads.AllBeside, false, null, null),
        (0, 2, 3, 3, 4, Heads.AllBeside, false, null, null),
        (2, 2, 0, 3, 4, Heads.OnAnAxis, false, null, null),
        (2, 2, 3, 0, 4, Heads.OnAnAxis, false, null, null),
    ];

    private static readonly (Shape X, int Heads, int Turned)[] Rotations = [([1, 1, 2], 1, 1), ([2, 3, 8], 2, 2), ([2, 5, 18], 3, 2), ([3, 7, 40], 2, 1), ([0, 3, 4], 1, 1), ([3, 130, 96], 3, 2)];

    private static IEnumerable<OperationCase> Attention =>
    [
        new("Attention", typeof(Attention), Attentions.Length, (variant, random) => MakeAttention(variant, random, rate: 0)),
        new("RotaryEmbedding", typeof(RotaryEmbedding), Rotations.Length, MakeRotation, "there the angles are given for each sequence: RotaryOnnxTests"),
        new("Attention, dropout", typeof(Attention), Attentions.Length - 1, (variant, random) => MakeAttention(variant + 1, random, rate: 0.3f), "other random numbers"),
    ];

    private static OperationProblem MakeRotation(int variant, RandomSource random)
    {
        var (shape, heads, turned) = Rotations[variant];
        int size = shape[2] / heads, half = size / 2;
        Shape table = [shape[1], half];
        return new([Random(random, shape), Random(random, table), Random(random, table)], x => x[0].RotateByPosition(x[1], x[2], heads, turned), Define) { Differentiable = 1 };

        DoubleTensor Define(DoubleTensor[] x) => DoubleTensor.Of(x[0].Sizes, index =>
        {
            int b = index[0], t = index[1], head = index[2] / size, place = index[2] % size, i = place % half;
            if (head >= turned) return x[0][index];
            double first = x[0][b, t, head * size + i], second = x[0][b, t, head * size + half + i];
            return place < half ? first * x[1][t, i] - second * x[2][t, i] : first * x[2][t, i] + second * x[1][t, i];
        });
    }

    private static OperationProblem MakeAttention(int variant, RandomSource random, float rate)
    {
        var (batch, heads, queries, keys, size, form, causal, maskSizes, lengths) = Attentions[variant];
        int model = heads * size;
        Shape[] shapes = form switch
        {
            Heads.OnAnAxis => [[batch, heads, queries, size], [batch, heads, keys, size], [batch, heads, keys, size]],
            Heads.Beside => [[batch, queries, model], [batch, keys, model], [batch, keys, model]],
            Heads.KeysAndValuesBeside => [[batch, queries, model], [batch, keys, 2 * model]],
            _ => [[batch, queries, 3 * model]],
        };
        Tensor[] operands = [.. shapes.Select(shape => Random(random, shape))];
        var mask = maskSizes is null ? null : Random(random, Shape.Of(maskSizes));
        for (int i = 0; i < mask?.Count; i += 3) mask.Span[i] = float.NegativeInfinity;
        var counts = lengths is null ? null : new IntTensor(lengths);
        const float Scale = 0.4f;
        return new(mask is null ? operands : [.. operands, mask], Eager, Define, Node()) { Differentiable = operands.Length };

        Tensor Eager(Tensor[] x)
        {
            var options = new AttentionOptions { Causal = causal, Scale = Scale, DropoutRate = rate, Random = new RandomSource(5) };
            var last = mask is null ? null : x[^1];
            return form switch
            {
                Heads.OnAnAxis => x[0].Attention(x[1], x[2], options, counts, last),
                Heads.Beside => x[0].Attention(x[1], x[2], heads, options, counts, last),
                Heads.KeysAndValuesBeside => x[0].CrossAttention(x[1], heads, options, counts, last),
                _ => x[0].SelfAttention(heads, options, counts, last),
            };
        }

        DoubleTensor Define(DoubleTensor[] x)
        {
            var result = DoubleTensor.Of(form == Heads.OnAnAxis ? [batch, heads, queries, size] : [batch, queries, model], _ => 0);
            for (int b = 0; b < batch; b++)
            {
                for (int h = 0; h < heads; h++)
                {
                    for (int i = 0; i < queries; i++) Row(x, result, b, h, i);
                }
            }

            return result;
        }

        void Row(DoubleTensor[] x, DoubleTensor result, int b, int h, int i)
        {
            double[] powers = [.. Enumerable.Range(0, keys).Select(j =>
                j >= (lengths?[b] ?? keys) || (causal && j > i) ? 0 : Math.Exp(Scale * Enumerable.Range(0, size).Sum(c => Query(x, b, h, i, c) * Key(x, b, h, j, c)) + MaskAt(x, b, h, i, j)))];
            double sum = powers.Sum();
            for (int c = 0; sum > 0 && c < size; c++)
            {
                double value = Enumerable.Range(0, keys).Sum(j => powers[j] == 0 ? 0 : powers[j] / sum * Kept(b, h, i, j) * Value(x, b, h, j, c));
                if (form == Heads.OnAnAxis) result[b, h, i, c] = value;
                else result[b, i, h * size + c] = value;
            }
        }

        double Query(DoubleTensor[] x, int b, int h, int i, int c) => form == Heads.OnAnAxis ? x[0][b, h, i, c] : x[0][b, i, h * size + c];

        double Key(DoubleTensor[] x, int b, int h, int j, int c) => form switch
        {
            Heads.OnAnAxis => x[1][b, h, j, c],
            Heads.AllBeside => x[0][b, j, model + h * size + c],
            _ => x[1][b, j, h * size + c],
        };

        double Value(DoubleTensor[] x, int b, int h, int j, int c) => form switch
        {
            Heads.OnAnAxis => x[2][b, h, j, c],
            Heads.Beside => x[2][b, j, h * size + c],
            Heads.KeysAndValuesBeside => x[1][b, j, model + h * size + c],
            _ => x[0][b, j, 2 * model + h * size + c],
        };

        double MaskAt(DoubleTensor[] x, int b, int h, int i, int j) =>
            mask is null ? 0 : maskSizes!.Length == 2 ? x[^1][i, j] : x[^1][maskSizes[0] == 1 ? 0 : b, maskSizes[1] == 1 ? 0 : h, i, j];

        double Kept(int b, int h, int i, int j)
        {
            if (rate == 0) return 1;
            var (first, second, third, fourth) = new RandomSource(5).Generator.Block(0, ((ulong)(b * heads + h) << 32) + (ulong)(i * ((keys + 3) / 4) + j / 4));
            uint number = (j % 4) switch { 0 => first, 1 => second, 2 => third, _ => fourth };
            return number < rate * 4294967296.0 ? 0 : 1 / (1 - (double)rate);
        }

        // The operator has no lengths, and takes heads side by side in three inputs.
        OnnxNode? Node()
        {
            if (rate > 0 || lengths is not null || form is Heads.KeysAndValuesBeside or Heads.AllBeside || batch * queries * keys == 0) return null;
            Dictionary<string, object> attributes = new() { ["scale"] = Scale, ["is_causal"] = causal ? 1 : 0 };
            if (form == Heads.Beside) (attributes["q_num_heads"], attributes["kv_num_heads"]) = (heads, heads);
            return new OnnxNode("Attention", attributes) { OperatorSet = 23 };
        }
    }
}
