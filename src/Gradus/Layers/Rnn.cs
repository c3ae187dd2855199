using Gradus.Kernels;

namespace Gradus.Layers;

/// <summary>A plain recurrent network: h' = tanh(W x + b + U h + d), or with ReLU in place of tanh.</summary>
/// <remarks>
/// Input <c>[batch, time, inputs]</c>, output <c>[batch, time, features]</c>. Parameters: see <see cref="RecurrentLayers"/>, with one gate.
/// Elman 1990, https://doi.org/10.1207/s15516709cog1402_1.
/// </remarks>
/// <param name="inputs">Features of the input at each step, at least 1.</param>
/// <param name="hidden">Hidden units of one layer in one direction, at least 1.</param>
/// <param name="layers">Layers one above the other, at least 1.</param>
/// <param name="bidirectional">Whether each layer also runs from the last step to the first, with its own parameters.</param>
/// <param name="relu">ReLU in place of tanh.</param>
/// <param name="bias">Whether the layers have biases.</param>
/// <param name="random">Where the parameters' first values come from.</param>
public sealed class Rnn(int inputs, int hidden, int layers = 1, bool bidirectional = false, bool relu = false, bool bias = true, RandomSource? random = null)
    : RecurrentLayers(relu ? RecurrentCell.Relu : RecurrentCell.Tanh, inputs, hidden, layers, bidirectional, bias, random)
{
    /// <summary>The last layer's sequence, and the hidden states of all layers after each sequence's last step.</summary>
    /// <param name="x"><c>[batch, time, inputs]</c>.</param>
    /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full.</param>
    /// <param name="initial">The states before the first step, <c>[layers · directions, batch, hidden]</c>; null for 0.</param>
    /// <returns>The sequence <c>[batch, time, features]</c>; the states <c>[layers · directions, batch, hidden]</c>, in the order of the parameters.</returns>
    /// <exception cref="ShapeException">The input or the state has another shape.</exception>
    /// <exception cref="ArgumentException">The lengths are not one for each sequence, or one is out of range.</exception>
    public (Tensor Sequence, Tensor FinalHidden) Run(Tensor x, IntTensor? lengths = null, Tensor? initial = null)
    {
        var (sequence, finalHidden, _) = RunWithStates(x, initial is null ? [] : [initial], lengths);
        return (sequence, finalHidden);
    }
}
