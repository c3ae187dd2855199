using Gradus;
using Gradus.Layers;
using Gradus.Zoo;

namespace Bench;

/// <summary>An LSTM in both directions, emissions, the likelihood of a linear-chain random field, Adam.</summary>
[Runs("bilstm-crf", Side.Gradus)]
internal sealed class GradusBilstmCrf : GradusTraining
{
    private SequenceTagger _tagger = null!;

    protected override Layer Model(Sizes sizes)
    {
        var random = new RandomSource(1);
        return _tagger = new SequenceTagger(new Lstm(sizes["features"], sizes["hidden"], bidirectional: true, random: random), sizes["tags"], random);
    }

    protected override Tensor Inputs(Sizes sizes) => Normal([sizes["batch"], sizes["steps"], sizes["features"]]);

    protected override IntTensor Labels(Sizes sizes)
    {
        var random = new RandomSource(2);
        return new IntTensor([.. Enumerable.Range(0, sizes["batch"] * sizes["steps"]).Select(_ => random.Next(sizes["tags"]))], [sizes["batch"], sizes["steps"]]);
    }

    protected override Tensor Loss(Tensor logits, IntTensor labels) => _tagger.Loss(logits, labels);
}
