using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// One recurrent layer in one direction over whole sequences, and its backward pass through time. Gates stand in PyTorch's order:
/// i, f, g, o (LSTM) and r, z, n (GRU).
/// </summary>
/// <param name="cell">What happens at each step; <see cref="Kernels.Recurrence"/> names the sources.</param>
/// <param name="reverse">Whether to start at each sequence's last step.</param>
/// <param name="bias">Whether the two biases are inputs.</param>
/// <param name="initial">Whether the state before the first step is an input; otherwise it is 0.</param>
internal sealed class Recurrent(RecurrentCell cell, bool reverse, bool bias, bool initial) : Operation
{
    private const int X = 0, WeightIh = 1, WeightHh = 2, BiasIh = 3, BiasHh = 4; // then the initial h, and c of an LSTM

    private int InitialH => bias ? 5 : 3;

    public override string Name => cell.ToString();

    public override object Settings => (reverse, bias, initial);

    public RecurrentCell Cell => cell;

    public bool Reverse => reverse;

    public bool HasBias => bias;

    public bool HasInitialState => initial;

    // inputs: x [batch, time, input], weightIh [gates · hidden, input], weightHh [gates · hidden, hidden], the biases [gates · hidden],
    // h and c [batch, hidden]; integers: lengths [batch], optional; outputs: sequence [batch, time, hidden], h and c [batch, hidden]
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var (x, weightIh, weightHh) = (inputs[X], inputs[WeightIh], inputs[WeightHh]);
        var shape = ShapeOf(inputs);
        int rows = shape.Gates * shape.Hidden;
        Require(
            weightIh.Rank == 2 && weightHh.Rank == 2 && shape.Input >= 1 && shape.Hidden >= 1 && weightIh[0] == rows && weightHh[0] == rows,
            $"{Name} expects weights [{shape.Gates} · hidden, input] and [{shape.Gates} · hidden, hidden] with at least one of each; got {weightIh} and {weightHh}");
        Require(x.Rank == 3 && x[2] == shape.Input, $"{Name} with input weights {weightIh} expects sequences [batch, time, {shape.Input}]; got {x}");
        if (bias) Require(inputs[BiasIh] == [rows] && inputs[BiasHh] == [rows], $"{Name}'s biases must be [{rows}]; got {inputs[BiasIh]} and {inputs[BiasHh]}");
        Shape state = [shape.Batch, shape.Hidden];
        for (int i = InitialH; initial && i < inputs.Length; i++) Require(inputs[i] == state, $"{Name}'s initial state must be {state}; got {inputs[i]}");
        Shape[] sequenceAndState = [[shape.Batch, shape.Time, shape.Hidden], state, state];
        return new Signature(cell == RecurrentCell.Lstm ? sequenceAndState : sequenceAndState[..2])
        {
            Saved = [[shape.SavedLength]],           // x, h and what the cell computed at every step, as the kernel lays them out
            SavesForBackwardOnly = true,
            Scratch = shape.ForwardScratch(saves: false),
            BackwardScratch = shape.BackwardScratch,
            BackwardReads = Reads.Weights,
        };
    }

    protected internal override long MultiplyAdds(ReadOnlySpan<Shape> inputs, Shape output) =>
        (long)output[0] * output[1] * (inputs[WeightIh].Count + inputs[WeightHh].Count);

    protected internal override void Forward(Frame f) => Recurrence.Forward(
        ShapeOf(f), f.Integers(0), reverse, f.Input(X), f.Input(WeightIh), f.Input(WeightHh), bias ? f.Input(BiasIh) : [], bias ? f.Input(BiasHh) : [],
        initial ? f.Input(InitialH) : [], HasInitialC ? f.Input(InitialH + 1) : [],
        f.OutputAt(0), f.OutputAt(1), cell == RecurrentCell.Lstm ? f.OutputAt(2) : [], f.Saved(0), f.Scratch);

    protected internal override void Backward(Frame f) => Recurrence.Backward(
        ShapeOf(f), f.Integers(0), reverse, f.Input(WeightIh), f.Input(WeightHh), f.Saved(0),
        f.OutputGradientAt(0), f.OutputGradientAt(1), cell == RecurrentCell.Lstm ? f.OutputGradientAt(2) : [],
        f.InputGradient(X), f.InputGradient(WeightIh), f.InputGradient(WeightHh), bias ? f.InputGradient(BiasIh) : [], bias ? f.InputGradient(BiasHh) : [],
        initial ? f.InputGradient(InitialH) : [], HasInitialC ? f.InputGradient(InitialH + 1) : [], f.BackwardScratch);

    private bool HasInitialC => initial && cell == RecurrentCell.Lstm;

    private RecurrentShape ShapeOf(Frame f) => new(cell, f.OutputShape[0], f.OutputShape[1], f.InputShape(WeightIh)[1], f.OutputShape[2]);

    private RecurrentShape ShapeOf(ReadOnlySpan<Shape> inputs)
    {
        var (x, weightIh, weightHh) = (inputs[X], inputs[WeightIh], inputs[WeightHh]);
        return new(cell, x.Rank == 3 ? x[0] : 0, x.Rank == 3 ? x[1] : 0, weightIh.Rank == 2 ? weightIh[1] : 0, weightHh.Rank == 2 ? weightHh[1] : 0);
    }
}

/// <summary>Recurrent layers in one direction, on tensors.</summary>
/// <remarks>
/// All of them take sequences <c>[batch, time, input]</c> and give the hidden state after every step, <c>[batch, time, hidden]</c>,
/// and after the last, <c>[batch, hidden]</c>. A sequence with a length is over after that many steps: it outputs 0 from there on,
/// keeps its state, and nothing behind its end is read.
/// </remarks>
public static class RecurrentExtensions
{
    extension(Tensor x)
    {
        /// <summary>A long short-term memory; gates i, f, g, o.</summary>
        /// <param name="weightIh">The input's weights, <c>[4 · hidden, input]</c>.</param>
        /// <param name="weightHh">The hidden state's weights, <c>[4 · hidden, hidden]</c>.</param>
        /// <param name="biases">Two biases <c>[4 · hidden]</c>, which are added; null for none.</param>
        /// <param name="initial">Hidden and cell state before the first step, <c>[batch, hidden]</c> each; null for 0.</param>
        /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
        /// <param name="reverse">Whether to go from each sequence's last step to its first.</param>
        /// <exception cref="ShapeException">The shapes do not fit together.</exception>
        /// <exception cref="ArgumentException">The lengths are not one for each sequence, or one is out of range.</exception>
        public (Tensor Sequence, Tensor FinalHidden, Tensor FinalCell) Lstm(
            Tensor weightIh, Tensor weightHh, (Tensor Ih, Tensor Hh)? biases = null, (Tensor Hidden, Tensor Cell)? initial = null, IntTensor? lengths = null, bool reverse = false)
        {
            var outputs = x.Recur(RecurrentCell.Lstm, weightIh, weightHh, biases, initial is { } state ? [state.Hidden, state.Cell] : [], lengths, reverse);
            return (outputs[0], outputs[1], outputs[2]);
        }

        /// <summary>Gated recurrent units; gates r, z, n.</summary>
        /// <param name="weightIh">The input's weights, <c>[3 · hidden, input]</c>.</param>
        /// <param name="weightHh">The hidden state's weights, <c>[3 · hidden, hidden]</c>.</param>
        /// <param name="biases">Two biases <c>[3 · hidden]</c>; null for none.</param>
        /// <param name="initial">The hidden state before the first step, <c>[batch, hidden]</c>; null for 0.</param>
        /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
        /// <param name="reverse">Whether to go from each sequence's last step to its first.</param>
        /// <exception cref="ShapeException">The shapes do not fit together.</exception>
        /// <exception cref="ArgumentException">The lengths are not one for each sequence, or one is out of range.</exception>
        public (Tensor Sequence, Tensor FinalHidden) Gru(
            Tensor weightIh, Tensor weightHh, (Tensor Ih, Tensor Hh)? biases = null, Tensor? initial = null, IntTensor? lengths = null, bool reverse = false)
        {
            var outputs = x.Recur(RecurrentCell.Gru, weightIh, weightHh, biases, initial is null ? [] : [initial], lengths, reverse);
            return (outputs[0], outputs[1]);
        }

        /// <summary>A plain recurrent layer: h' = tanh(W x + b + U h + d), or with ReLU in place of tanh.</summary>
        /// <param name="weightIh">The input's weights W, <c>[hidden, input]</c>.</param>
        /// <param name="weightHh">The hidden state's weights U, <c>[hidden, hidden]</c>.</param>
        /// <param name="biases">b and d, <c>[hidden]</c> each; null for none.</param>
        /// <param name="initial">The hidden state before the first step, <c>[batch, hidden]</c>; null for 0.</param>
        /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
        /// <param name="reverse">Whether to go from each sequence's last step to its first.</param>
        /// <param name="relu">ReLU in place of tanh.</param>
        /// <exception cref="ShapeException">The shapes do not fit together.</exception>
        /// <exception cref="ArgumentException">The lengths are not one for each sequence, or one is out of range.</exception>
        public (Tensor Sequence, Tensor FinalHidden) Rnn(
            Tensor weightIh, Tensor weightHh, (Tensor Ih, Tensor Hh)? biases = null, Tensor? initial = null, IntTensor? lengths = null, bool reverse = false, bool relu = false)
        {
            var cell = relu ? RecurrentCell.Relu : RecurrentCell.Tanh;
            var outputs = x.Recur(cell, weightIh, weightHh, biases, initial is null ? [] : [initial], lengths, reverse);
            return (outputs[0], outputs[1]);
        }

        internal Tensor[] Recur(
            RecurrentCell cell, Tensor weightIh, Tensor weightHh, (Tensor Ih, Tensor Hh)? biases, ReadOnlySpan<Tensor> initial, IntTensor? lengths, bool reverse)
        {
            ArgumentNullException.ThrowIfNull(x);
            ArgumentNullException.ThrowIfNull(weightIh);
            ArgumentNullException.ThrowIfNull(weightHh);
            List<Tensor> inputs = [x, weightIh, weightHh];
            if (biases is { } both) inputs.AddRange(both.Ih, both.Hh);
            inputs.AddRange(initial);
            var operation = new Recurrent(cell, reverse, biases is not null, initial.Length > 0);
            return operation.ApplyAll(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(inputs), lengths is null ? [] : [lengths]);
        }
    }
}
