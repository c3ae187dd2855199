using System.Numerics.Tensors;

namespace Gradus.Training;

/// <summary>
/// The exponential moving average of a model's weights, which is evaluated in their place: a = d a + (1 - d) w after each step, with
/// d = min(decay, (1 + t) / (10 + t)) in step t, so that a short training is not dominated by its first weights.
/// </summary>
/// <remarks>
/// Polyak and Juditsky 1992, "Acceleration of stochastic approximation by averaging"; Tarvainen and Valpola 2017,
/// https://arxiv.org/abs/1703.01780, equation 2. Running statistics are averaged as the weights are. During the validation and in
/// <see cref="Callback.OnEpochEnd"/>, where <see cref="KeepBest"/> saves, the model holds the averages; afterwards its own weights, and
/// <see cref="Swap"/> changes the two. Checkpoints keep both.
/// </remarks>
public sealed class WeightAverage : Callback
{
    private readonly (string Name, Tensor Own, Tensor Average)[] _tensors;
    private readonly float _decay;
    private bool _isSwapped;

    /// <summary>Averages that begin as the model's present weights.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="decay">d, in [0, 1): the average reaches over about 1 / (1 - d) steps.</param>
    public WeightAverage(Layer model, float decay = 0.999f)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!(decay is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(decay), decay, "the decay is at least 0 and below 1");
        _decay = decay;
        _tensors = [.. model.State().Select(named => (named.Name, named.Tensor, named.Tensor.Clone()))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Tensor Tensor)> Tensors => [.. _tensors.Select(named => (named.Name, named.Average))];

    /// <inheritdoc/>
    public override void OnStepEnd(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        float decay = MathF.Min(_decay, (1f + state.Step) / (10f + state.Step));
        foreach (var (_, own, average) in _tensors) TensorPrimitives.Lerp(average.Span, own.Span, 1 - decay, average.Span);
    }

    /// <inheritdoc/>
    public override void OnEvaluationBegin(TrainingState state)
    {
        if (!_isSwapped) Swap();
    }

    /// <inheritdoc/>
    public override void OnEvaluationEnd(TrainingState state)
    {
        if (_isSwapped) Swap();
    }

    /// <summary>Exchanges the model's weights and the averages: before the model is used or saved with the averages, and once more to train on.</summary>
    public void Swap()
    {
        foreach (var (_, own, average) in _tensors)
        {
            Span<float> first = own.Span, second = average.Span;
            for (int i = 0; i < first.Length; i++) (first[i], second[i]) = (second[i], first[i]);
        }

        _isSwapped = !_isSwapped;
        Parameter.NoteChange();
    }
}
