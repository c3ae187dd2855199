using Gradus.Kernels;

namespace Gradus.Layers;

/// <summary>
/// Long short-term memory: a cell state that gates open and close, so that gradients reach far back. With gates i, f, o = sigmoid,
/// g = tanh of W x + b + U h + d: c' = f · c + i · g, h' = o · tanh(c').
/// </summary>
/// <remarks>
/// Input <c>[batch, time, inputs]</c>, output <c>[batch, time, features]</c>. Parameters: see <see cref="RecurrentLayers"/>, gates in the order
/// i, f, g, o. Hochreiter and Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735, with the forget gate of Gers, Schmidhuber and
/// Cummins 2000, https://doi.org/10.1162/089976600300015015.
/// </remarks>
/// <param name="inputs">Features of the input at each step, at least 1.</param>
/// <param name="hidden">Hidden units of one layer in one direction, at least 1.</param>
/// <param name="layers">Layers one above the other, at least 1.</param>
/// <param name="bidirectional">Whether each layer also runs from the last step to the first, with its own parameters.</param>
/// <param name="bias">Whether the layers have biases.</param>
/// <param name="random">Where the parameters' first values come from.</param>
public sealed class Lstm(int inputs, int hidden, int layers = 1, bool bidirectional = false, bool bias = true, RandomSource? random = null)
    : RecurrentLayers(RecurrentCell.Lstm, inputs, hidden, layers, bidirectional, bias, random)
{
    /// <summary>The last layer's sequence, and the states of all layers after each sequence's last step.</summary>
    /// <param name="x"><c>[batch, time, inputs]</c>.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
    /// <param name="initial">The states before the first step, <c>[layers · directions, batch, hidden]</c> each; null for 0.</param>
    /// <returns>The sequence <c>[batch, time, features]</c>; the states <c>[layers · directions, batch, hidden]</c>, in the order of the parameters.</returns>
    /// <exception cref="ShapeException">The input or a state has another shape.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each sequence, or one is out of range.</exception>
    public (Tensor Sequence, Tensor FinalHidden, Tensor FinalCell) Run(Tensor x, IntTensor? lengths = null, (Tensor Hidden, Tensor Cell)? initial = null)
    {
        var (sequence, finalHidden, finalCell) = RunWithStates(x, initial is { } state ? [state.Hidden, state.Cell] : [], lengths);
        return (sequence, finalHidden, finalCell!);
    }
}
