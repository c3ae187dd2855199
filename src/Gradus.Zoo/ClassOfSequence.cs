using Gradus.Losses;
using Gradus.Metrics;

namespace Gradus.Zoo;

/// <summary>A network that gives each sequence one class: logits <c>[batch, classes]</c>.</summary>
internal abstract class ClassOfSequence : SequenceModel
{
    private readonly Accuracy _accuracy = new();

    public sealed override Tensor Loss(Tensor output, IntTensor labels, IntTensor? lengths) => CrossEntropy.Of(output, labels);

    public sealed override (long Correct, long Count) Correct(Tensor output, IntTensor labels, IntTensor? lengths)
    {
        _accuracy.Reset();
        _accuracy.Add(output, labels);
        return (_accuracy.Correct, _accuracy.Count);
    }
}
