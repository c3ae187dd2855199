using Gradus.Metrics;

namespace Gradus.Training;

/// <summary>
/// What a training minimises: how a batch becomes the model's output, how output and batch become the loss, and, where it can be counted, how
/// many of the batch's answers are right.
/// </summary>
/// <example><code>
/// var classes = Objective.Labels(model, CrossEntropy.Of);
/// var pixels = Objective.Labels(unet, PixelCrossEntropy.Of, classAxis: 1);
/// var values = Objective.Regression(model, MeanSquaredError.Of);
/// var distilled = new Objective(model, batch => model.Forward(batch.Inputs), (output, batch) => MeanSquaredError.Of(output, batch.Tensors[1]));
/// </code></example>
public sealed class Objective
{
    private readonly Func<TrainingBatch, Tensor> _output;
    private readonly Func<Tensor, TrainingBatch, Tensor> _loss;
    private readonly Func<Tensor, TrainingBatch, (long Correct, long Count)>? _correct;

    /// <summary>An objective of any kind.</summary>
    /// <param name="model">What is trained.</param>
    /// <param name="output">The model's output for a batch. Like the loss it is recorded once for each combination of shapes, so that it reads no values.</param>
    /// <param name="loss">A scalar of output and batch, the mean over the samples.</param>
    /// <param name="correct">
    /// How many answers are right, of how many; null, or 0 of 0, where that has no meaning. It sees values, is called after every step, and
    /// should allocate nothing.
    /// </param>
    public Objective(
        Layer model, Func<TrainingBatch, Tensor> output, Func<Tensor, TrainingBatch, Tensor> loss, Func<Tensor, TrainingBatch, (long Correct, long Count)>? correct = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(loss);
        (Model, _output, _loss, _correct) = (model, output, loss, correct);
    }

    /// <summary>What is trained.</summary>
    public Layer Model { get; }

    /// <summary>
    /// Labels: a model of the inputs, a loss of its output and the labels. Answers are counted (<see cref="Accuracy"/>) where the output has one
    /// axis more than the labels, the classes'; a label below 0 does not count.
    /// </summary>
    /// <param name="model">Computes outputs from a batch's inputs.</param>
    /// <param name="loss">A scalar of outputs and labels, the mean over the samples.</param>
    /// <param name="classAxis">The outputs' axis of classes: -1, the last, or 1 for pictures of labels, <c>[batch, classes, height, width]</c>.</param>
    public static Objective Labels(Layer model, Func<Tensor, IntTensor, Tensor> loss, int classAxis = -1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loss);
        return new Objective(model, batch => model.Forward(batch.Inputs), (output, batch) => loss(output, batch.Labels), (output, batch) => CountCorrect(output, batch.Labels, classAxis));
    }

    /// <summary>Regression: a model of the inputs, a loss of its output and the targets.</summary>
    /// <param name="model">Computes outputs from a batch's inputs.</param>
    /// <param name="loss">A scalar of outputs and targets, the mean over the samples.</param>
    public static Objective Regression(Layer model, Func<Tensor, Tensor, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loss);
        return new Objective(model, batch => model.Forward(batch.Inputs), (output, batch) => loss(output, batch.Targets));
    }

    /// <summary>The model's output for a batch.</summary>
    public Tensor Output(TrainingBatch batch) => _output(batch);

    /// <summary>The loss, a scalar: the mean over the batch's samples.</summary>
    /// <param name="output">What <see cref="Output"/> gave for this batch.</param>
    /// <param name="batch">The batch.</param>
    public Tensor Loss(Tensor output, TrainingBatch batch) => _loss(output, batch);

    /// <summary>How many answers are right, of how many; 0 of 0 where that has no meaning.</summary>
    /// <param name="output">What <see cref="Output"/> gave for this batch.</param>
    /// <param name="batch">The batch.</param>
    public (long Correct, long Count) Correct(Tensor output, TrainingBatch batch) => _correct is null ? (0, 0) : _correct(output, batch);

    internal Tensor Infer(Tensor[] tensors, IntTensor[] integers) => _output(new TrainingBatch(tensors, integers));

    internal (Tensor Loss, Tensor Output) Compute(Tensor[] tensors, IntTensor[] integers)
    {
        var batch = new TrainingBatch(tensors, integers);
        var output = _output(batch);
        return (_loss(output, batch), output);
    }

    private static (long Correct, long Count) CountCorrect(Tensor output, IntTensor labels, int classAxis) =>
        Accuracy.Fits(output.Shape, labels.Shape, classAxis) ? Accuracy.CountCorrect(output, labels, classAxis) : (0, 0);
}
