using Gradus.Initializers;
using Gradus.Kernels;
using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>
/// Recurrent layers one above the other, each in one direction or in both: what <see cref="Rnn"/>, <see cref="Lstm"/> and
/// <see cref="Gru"/> have in common. With both directions, each layer's outputs stand beside each other, forward first.
/// </summary>
/// <remarks>
/// Parameters, in PyTorch's order and under its names: weight_ih_l0 <c>[gates · hidden, input]</c>, weight_hh_l0 <c>[gates · hidden, hidden]</c>,
/// bias_ih_l0 and bias_hh_l0 <c>[gates · hidden]</c>, then the same with _l0_reverse, then _l1, whose input is the output of layer 0.
/// All of them start uniform in ±1/√hidden, as in https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html.
/// </remarks>
public abstract class RecurrentLayers : Layer
{
    [StateName("")]
    private readonly OrderedDictionary<string, Parameter> _parameters = [];

    private readonly Direction[] _directions; // layer after layer, forward before backward
    private readonly RecurrentCell _cell;
    private readonly int _perLayer;

    private protected RecurrentLayers(RecurrentCell cell, int inputs, int hidden, int layers, bool bidirectional, bool bias, RandomSource? random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hidden, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        (_cell, _perLayer, Hidden) = (cell, bidirectional ? 2 : 1, hidden);
        random ??= DefaultRandom.Next();
        _directions = new Direction[layers * _perLayer];
        for (int i = 0; i < _directions.Length; i++)
        {
            int features = i < _perLayer ? inputs : _perLayer * hidden;
            _directions[i] = Create($"l{i / _perLayer}{(i % _perLayer == 1 ? "_reverse" : "")}", features, bias, random);
        }
    }

    /// <summary>The hidden units of one layer in one direction.</summary>
    public int Hidden { get; }

    /// <summary>The size of the output's last axis: the hidden units of both directions, or of the only one.</summary>
    public int Features => _perLayer * Hidden;

    /// <summary>The last layer's hidden state after every step.</summary>
    /// <param name="x"><c>[batch, time, input]</c>.</param>
    /// <returns><c>[batch, time, features]</c>.</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    public override Tensor Forward(Tensor x) => Forward(x, null);

    /// <summary>The last layer's hidden state after every step of sequences of different lengths; 0 behind a sequence's end.</summary>
    /// <param name="x"><c>[batch, time, input]</c>; what stands behind a sequence's end is not read.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
    /// <returns><c>[batch, time, features]</c>.</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each sequence, or one is out of range.</exception>
    public Tensor Forward(Tensor x, IntTensor? lengths) => RunLayers(x, [], lengths).Sequence;

    /// <summary>
    /// The last layer's hidden state after each sequence's last step, for a decision about the whole sequence. With both
    /// directions, each stands at the end of its own way: the backward one at the first step.
    /// </summary>
    /// <param name="x"><c>[batch, time, input]</c>.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
    /// <returns><c>[batch, features]</c>.</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each sequence, or one is out of range.</exception>
    public Tensor Last(Tensor x, IntTensor? lengths = null) => Beside(RunLayers(x, [], lengths).FinalHidden.AsSpan()[^_perLayer..], axis: 1);

    /// <summary>Runs all layers; states <c>[layers · directions, batch, hidden]</c>, in the order of the parameters.</summary>
    private protected (Tensor Sequence, Tensor FinalHidden, Tensor? FinalCell) RunWithStates(Tensor x, ReadOnlySpan<Tensor> initial, IntTensor? lengths)
    {
        var (sequence, hidden, cell) = RunLayers(x, initial, lengths);
        return (sequence, Stack(hidden), _cell == RecurrentCell.Lstm ? Stack(cell) : null);
    }

    private (Tensor Sequence, Tensor[] FinalHidden, Tensor[] FinalCell) RunLayers(Tensor x, ReadOnlySpan<Tensor> initial, IntTensor? lengths)
    {
        ArgumentNullException.ThrowIfNull(x);
        foreach (var state in initial) RequireState(state, x);
        var (sequences, hidden, cell) = (new Tensor[_perLayer], new Tensor[_directions.Length], new Tensor[_directions.Length]);
        for (int i = 0; i < _directions.Length; i++)
        {
            var way = _directions[i];
            var states = new Tensor[initial.Length];
            for (int state = 0; state < states.Length; state++) states[state] = Unstack(initial[state], i);
            var outputs = x.Recur(_cell, way.WeightIh, way.WeightHh, way.Biases, states, lengths, reverse: i % _perLayer == 1);
            (sequences[i % _perLayer], hidden[i], cell[i]) = (outputs[0], outputs[1], outputs[^1]);
            if ((i + 1) % _perLayer == 0) x = Beside(sequences, axis: 2); // [batch, time, features]
        }

        return (x, hidden, cell);
    }

    private void RequireState(Tensor state, Tensor x)
    {
        if (x.Shape.Rank == 3 && state.Shape != Shape.Of([_directions.Length, x.Shape[0], Hidden]))
            throw new ShapeException($"an initial state must be [layers · directions, batch, hidden] = [{_directions.Length}, {x.Shape[0]}, {Hidden}]; got {state.Shape}");
    }

    private static Tensor Beside(ReadOnlySpan<Tensor> parts, int axis) => parts.Length == 1 ? parts[0] : Tensor.Concat(axis, parts);

    private static Tensor Stack(Tensor[] states) =>                                                       // [layers · directions, batch, hidden]
        Beside(Array.ConvertAll(states, state => state.Reshape([1, state.Shape[0], state.Shape[1]])), axis: 0);

    private static Tensor Unstack(Tensor states, int place)                                               // [batch, hidden]
    {
        var one = states.Shape[0] == 1 ? states : states.Slice(0, place, 1);
        return one.Reshape([states.Shape[1], states.Shape[2]]);
    }

    private Direction Create(string name, int features, bool bias, RandomSource random)
    {
        int rows = Hidden * _cell switch { RecurrentCell.Lstm => 4, RecurrentCell.Gru => 3, _ => 1 };
        Parameter weightIh = Add("weight_ih", [rows, features]), weightHh = Add("weight_hh", [rows, Hidden]);
        return new Direction(weightIh, weightHh, bias ? (Add("bias_ih", [rows]), Add("bias_hh", [rows])) : null);

        Parameter Add(string kind, Shape shape)
        {
            var parameter = Parameter.Zeros(shape);
            float bound = 1 / MathF.Sqrt(Hidden);
            random.Uniform(parameter.Span, -bound, bound);
            _parameters.Add($"{kind}_{name}", parameter);
            return parameter;
        }
    }

    private sealed record Direction(Parameter WeightIh, Parameter WeightHh, (Tensor Ih, Tensor Hh)? Biases);
}
