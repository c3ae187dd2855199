using Gradus.Layers;

namespace Gradus.Labs.Sequences;

/// <summary>Reads a sequence <c>[batch, time, features]</c> to its end; a linear layer makes the answer <c>[batch, outputs]</c> of the last hidden state.</summary>
internal sealed class LastState(RecurrentLayers recurrent, int outputs, RandomSource random) : Layer
{
    public RecurrentLayers Recurrent { get; } = recurrent;

    public Linear Answer { get; } = new(recurrent.Features, outputs, random: random);

    public override Tensor Forward(Tensor x) => Answer.Forward(Recurrent.Last(x));
}
