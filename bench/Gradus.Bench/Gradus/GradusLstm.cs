using Gradus;
using Gradus.Layers;

namespace Bench;

/// <summary>One LSTM layer, a dense layer on its last output, cross-entropy, Adam.</summary>
[Runs("lstm", Side.Gradus)]
internal sealed class GradusLstm : GradusTraining
{
    protected override Layer Model(Sizes sizes) => new Classifier(sizes["features"], sizes["hidden"], sizes["classes"]);

    protected override Tensor Inputs(Sizes sizes) => Normal([sizes["batch"], sizes["steps"], sizes["features"]]);

    private sealed class Classifier(int features, int hidden, int classes) : Layer
    {
        private readonly Lstm _lstm = new(features, hidden);
        private readonly Linear _classify = new(hidden, classes);

        public override Tensor Forward(Tensor x) => _classify.Forward(_lstm.Last(x)); // [n, classes]
    }
}
