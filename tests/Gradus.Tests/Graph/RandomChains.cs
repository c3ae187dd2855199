using Gradus.Graph;
using Gradus.Ops;

namespace Gradus.Tests.Graph;

/// <summary>
/// A random step of element-wise operations over tensors that broadcast to one shape: values are used several times or not at all,
/// gradients are stopped here and there, and some intermediate values are outputs.
/// </summary>
internal sealed class RandomChains
{
    private readonly ulong _seed;
    private readonly Shape _shape;

    public RandomChains(int seed, Shape shape)
    {
        (_seed, _shape) = ((ulong)seed, shape);
        var random = new RandomSource(_seed);
        for (int i = 0; i < 5; i++) Inputs.Add(Input(random, i));
    }

    /// <summary>The first is as large as the shape and gets a gradient.</summary>
    public List<Tensor> Inputs { get; } = [];

    /// <summary>The same numbers with nothing left to repeat: gradients can then be added up in double precision.</summary>
    public List<Tensor> Expanded() => [.. Inputs.Select(input =>
    {
        var expanded = (input + Tensor.Zeros(_shape)).Clone();
        expanded.RequiresGradient = input.RequiresGradient;
        return expanded;
    })];

    /// <summary>Computes the step.</summary>
    /// <returns>The loss and the values to compare.</returns>
    public Tensor[] Step(IReadOnlyList<Tensor> inputs)
    {
        var random = new RandomSource(_seed);
        var values = new List<Tensor>(inputs);
        var unread = new List<Tensor>();
        var outputs = new List<Tensor>();
        for (int i = 0, count = 2 + random.Next(18); i < count; i++)
        {
            var (a, b) = (Pick(), Pick());
            var value = Apply(random.Next(18), a, b);
            if (random.Next(12) == 0) value = value.Detach();
            if (random.Next(12) == 0) using (GradientMode.Off()) value = value.Sigmoid();
            values.Add(value);
            unread.RemoveAll(one => ReferenceEquals(one, a) || ReferenceEquals(one, b));
            unread.Add(value);
            if (random.Next(8) == 0) outputs.Add(value);
        }

        var loss = inputs[0].Tanh().Mean();
        foreach (var end in unread) loss += (end.Tanh() + end.Sigmoid()).Mean();
        loss.Backward();
        return [loss, .. outputs];

        // the latest more often, so that chains become long
        Tensor Pick() => random.Next(3) == 0 ? values[random.Next(values.Count)] : values[^(1 + random.Next(Math.Min(3, values.Count)))];
    }

    // Every value stays moderate, whatever the operations are applied to.
    private static Tensor Apply(int operation, Tensor a, Tensor b) => operation switch
    {
        0 or 1 => a + b,
        2 => a - b,
        3 or 4 => a.Tanh() * b.Tanh(),
        5 => a / (b.Sigmoid() + 0.5f),
        6 => a.Relu(),
        7 => a.Gelu(),
        8 => a.Tanh().Exp(),
        9 => (a.Sigmoid() + 0.1f).Log(),
        10 => (a * a + 1).Sqrt(),
        11 => Tensor.Where(a > b, a, b.Tanh()),
        12 => a.Silu().Minimum(b.Softplus()),
        13 => a.Clamp(-1, 1.5f).Square() - b.Abs(),
        14 => new PRelu().Apply(a, b.Sigmoid()).LeakyRelu(0.1f),
        15 => a.Elu().Maximum(b.HardSwish().Sigmoid()),
        16 => (a.Abs() + 0.5f).Sigmoid().Pow(b.Tanh()) + b.GeluTanh().Tanh().Pow(3),
        _ => 0.5f * a - 0.25f,
    };

    private Tensor Input(RandomSource random, int index)
    {
        int[] sizes = _shape.Sizes.ToArray();
        for (int axis = 0; index > 0 && axis < sizes.Length; axis++) if (random.Next(2) == 0) sizes[axis] = 1;
        var input = Tensor.Zeros(Shape.Of(index == 0 ? sizes : sizes[random.Next(sizes.Length)..]));
        random.Normal(input.Span);
        input.RequiresGradient = index == 0 || random.Next(2) == 0;
        return input;
    }
}
