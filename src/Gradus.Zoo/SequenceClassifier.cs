using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>Reads a sequence to its end, and decides by the hidden state that is left.</summary>
internal sealed class SequenceClassifier(RecurrentLayers recurrent, int outputs, RandomSource random) : ClassOfSequence
{
    private readonly RecurrentLayers _recurrent = recurrent;
    private readonly Linear _dense = new(recurrent.Features, outputs, random: random);

    public override Tensor Forward(Tensor x, IntTensor? lengths)   // [n, time, features]
    {
        x = _recurrent.Last(x, lengths);                           // [n, hidden]
        return _dense.Forward(x);                                  // [n, outputs] logits
    }
}
