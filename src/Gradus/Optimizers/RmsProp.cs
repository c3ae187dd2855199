using System.Numerics;
using System.Runtime.InteropServices;

namespace Gradus;

/// <summary>
/// RMSProp: v = α v + (1 - α) g², d = g / (√v + ε), then w -= rate · d. Centred: m = α m + (1 - α) g, and v - m² in place of v under the
/// root. With momentum: b = momentum · b + d, then w -= rate · b. Weight decay adds decay · w to g.
/// </summary>
/// <remarks>
/// Tieleman and Hinton 2012, "Neural networks for machine learning", lecture 6.5; centred: Graves 2013,
/// https://arxiv.org/abs/1308.0850, equations 38-40, with ε beside the root and the momentum before the rate, as PyTorch has them.
/// </remarks>
public sealed class RmsProp : Optimizer
{
    private readonly float _smoothing, _epsilon, _momentum;
    private readonly bool _centred;

    /// <summary>RMSProp over one group of parameters.</summary>
    /// <param name="parameters">What to train.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="smoothing">α, the averages' decay, in [0, 1).</param>
    /// <param name="epsilon">Keeps the denominator from 0.</param>
    /// <param name="momentum">The velocity's decay, in [0, 1); 0 for none.</param>
    /// <param name="centred">Whether to divide by the gradient's deviation instead of its root mean square.</param>
    /// <param name="weightDecay">The L2 penalty's coefficient.</param>
    public RmsProp(IEnumerable<Parameter> parameters, float learningRate = 0.01f, float smoothing = 0.99f, float epsilon = 1e-8f, float momentum = 0, bool centred = false, float weightDecay = 0)
        : base(parameters, learningRate, weightDecay) => (_smoothing, _epsilon, _momentum, _centred) = (smoothing, epsilon, momentum, centred);

    /// <summary>RMSProp over several groups.</summary>
    public RmsProp(IReadOnlyList<ParameterGroup> groups, float smoothing = 0.99f, float epsilon = 1e-8f, float momentum = 0, bool centred = false)
        : base(groups) => (_smoothing, _epsilon, _momentum, _centred) = (smoothing, epsilon, momentum, centred);

    /// <inheritdoc/>
    protected override int StatesPerParameter => 1 + (_centred ? 1 : 0) + (_momentum == 0 ? 0 : 1);

    /// <inheritdoc/>
    protected override void Update(ParameterGroup group, Span<float> values, ReadOnlySpan<float> gradient, OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(group);
        float rate = group.LearningRate, decay = group.WeightDecay;
        var squares = state[0];
        var means = _centred ? state[1] : [];
        var velocities = _momentum == 0 ? [] : state[_centred ? 2 : 1];
        int i = 0;
        ref float w = ref MemoryMarshal.GetReference(values), g = ref MemoryMarshal.GetReference(gradient), v = ref MemoryMarshal.GetReference(squares);
        ref float m = ref MemoryMarshal.GetReference(means), b = ref MemoryMarshal.GetReference(velocities);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            nuint at = (nuint)i;
            var weight = Vector.LoadUnsafe(ref w, at);
            var slope = Vector.FusedMultiplyAdd(weight, new Vector<float>(decay), Vector.LoadUnsafe(ref g, at));
            var square = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref v, at), new Vector<float>(_smoothing), slope * slope * (1 - _smoothing));
            square.StoreUnsafe(ref v, at);
            if (!means.IsEmpty)
            {
                var mean = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref m, at), new Vector<float>(_smoothing), slope * (1 - _smoothing));
                mean.StoreUnsafe(ref m, at);
                square = Variance(square, mean);
            }

            var direction = slope / (Vector.SquareRoot(square) + new Vector<float>(_epsilon));
            if (!velocities.IsEmpty)
            {
                direction = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref b, at), new Vector<float>(_momentum), direction);
                direction.StoreUnsafe(ref b, at);
            }

            Vector.FusedMultiplyAdd(direction, new Vector<float>(-rate), weight).StoreUnsafe(ref w, at);
        }

        float unused = 0;
        for (; i < values.Length; i++)
        {
            float slope = MathF.FusedMultiplyAdd(values[i], decay, gradient[i]);
            UpdateOne(ref values[i], slope, ref squares[i], ref means.IsEmpty ? ref unused : ref means[i], ref velocities.IsEmpty ? ref unused : ref velocities[i], rate);
        }
    }

    // The vector loop's operations in its order: where pieces are cut does not change a bit.
    private void UpdateOne(ref float weight, float slope, ref float squares, ref float mean, ref float velocity, float rate)
    {
        float square = squares = MathF.FusedMultiplyAdd(squares, _smoothing, slope * slope * (1 - _smoothing));
        if (_centred)
        {
            mean = MathF.FusedMultiplyAdd(mean, _smoothing, slope * (1 - _smoothing));
            square = MathF.FusedMultiplyAdd(-mean, mean, square);
            if (square < 0) square = 0;
        }

        float direction = slope / (MathF.Sqrt(square) + _epsilon);
        if (_momentum != 0) direction = velocity = MathF.FusedMultiplyAdd(velocity, _momentum, direction);
        weight = MathF.FusedMultiplyAdd(direction, -rate, weight);
    }

    // Equal gradients have no variance, and rounding must not make it negative; NaN stays NaN.
    private static Vector<float> Variance(Vector<float> square, Vector<float> mean)
    {
        var variance = Vector.FusedMultiplyAdd(-mean, mean, square);
        return Vector.ConditionalSelect(Vector.LessThan(variance, Vector<float>.Zero), Vector<float>.Zero, variance);
    }
}
