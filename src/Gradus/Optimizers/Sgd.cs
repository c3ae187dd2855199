using System.Numerics;
using System.Runtime.InteropServices;

namespace Gradus;

/// <summary>
/// Stochastic gradient descent: v = momentum · v + g, then w -= rate · v (plain or heavy ball), or
/// w -= rate · (g + momentum · v) (Nesterov). Weight decay adds decay · w to g.
/// </summary>
/// <remarks>Polyak 1964; Sutskever, Martens, Dahl and Hinton 2013, "On the importance of initialization and momentum in deep learning", equations 1-4.</remarks>
public sealed class Sgd : Optimizer
{
    private readonly float _momentum;
    private readonly bool _nesterov;

    /// <summary>SGD over one group of parameters.</summary>
    /// <param name="parameters">What to train.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="momentum">The velocity's decay, in [0, 1); 0 for none.</param>
    /// <param name="nesterov">Whether to look ahead along the velocity.</param>
    /// <param name="weightDecay">The L2 penalty's coefficient.</param>
    public Sgd(IEnumerable<Parameter> parameters, float learningRate = 0.01f, float momentum = 0, bool nesterov = false, float weightDecay = 0)
        : base(parameters, learningRate, weightDecay) => (_momentum, _nesterov) = (momentum, nesterov);

    /// <summary>SGD over several groups.</summary>
    public Sgd(IReadOnlyList<ParameterGroup> groups, float momentum = 0, bool nesterov = false)
        : base(groups) => (_momentum, _nesterov) = (momentum, nesterov);

    /// <inheritdoc/>
    protected override int StatesPerParameter => _momentum == 0 ? 0 : 1;

    /// <inheritdoc/>
    protected override void Update(ParameterGroup group, Span<float> values, ReadOnlySpan<float> gradient, OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (_momentum == 0) Plain(group.LearningRate, group.WeightDecay, values, gradient);
        else WithMomentum(group.LearningRate, group.WeightDecay, values, gradient, state[0]);
    }

    private static void Plain(float rate, float decay, Span<float> values, ReadOnlySpan<float> gradient)
    {
        int i = 0;
        ref float w = ref MemoryMarshal.GetReference(values), g = ref MemoryMarshal.GetReference(gradient);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var weight = Vector.LoadUnsafe(ref w, (nuint)i);
            var slope = Vector.FusedMultiplyAdd(weight, new Vector<float>(decay), Vector.LoadUnsafe(ref g, (nuint)i));
            Vector.FusedMultiplyAdd(slope, new Vector<float>(-rate), weight).StoreUnsafe(ref w, (nuint)i);
        }

        for (; i < values.Length; i++)
        {
            float slope = MathF.FusedMultiplyAdd(values[i], decay, gradient[i]);
            values[i] = MathF.FusedMultiplyAdd(slope, -rate, values[i]);
        }
    }

    private void WithMomentum(float rate, float decay, Span<float> values, ReadOnlySpan<float> gradient, Span<float> velocities)
    {
        int i = 0;
        ref float w = ref MemoryMarshal.GetReference(values), g = ref MemoryMarshal.GetReference(gradient), v = ref MemoryMarshal.GetReference(velocities);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var weight = Vector.LoadUnsafe(ref w, (nuint)i);
            var slope = Vector.FusedMultiplyAdd(weight, new Vector<float>(decay), Vector.LoadUnsafe(ref g, (nuint)i));
            var velocity = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref v, (nuint)i), new Vector<float>(_momentum), slope);
            velocity.StoreUnsafe(ref v, (nuint)i);
            var direction = _nesterov ? Vector.FusedMultiplyAdd(velocity, new Vector<float>(_momentum), slope) : velocity;
            Vector.FusedMultiplyAdd(direction, new Vector<float>(-rate), weight).StoreUnsafe(ref w, (nuint)i);
        }

        for (; i < values.Length; i++)
        {
            float slope = MathF.FusedMultiplyAdd(values[i], decay, gradient[i]);
            velocities[i] = MathF.FusedMultiplyAdd(velocities[i], _momentum, slope);
            float direction = _nesterov ? MathF.FusedMultiplyAdd(velocities[i], _momentum, slope) : velocities[i];
            values[i] = MathF.FusedMultiplyAdd(direction, -rate, values[i]);
        }
    }
}
