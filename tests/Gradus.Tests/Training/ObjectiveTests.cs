using Gradus.Graph;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;
using Gradus.Tests.Kernels;
using Gradus.Training;
using Dropout = Gradus.Layers.Dropout;
using Linear = Gradus.Layers.Linear;
using MeanSquaredError = Gradus.Losses.MeanSquaredError;
using Tanh = Gradus.Layers.Tanh;

namespace Gradus.Tests.Training;

[Collection(nameof(ThreadCounts))] // counts the bytes that the whole process allocates: nothing may run beside it
public sealed class ObjectiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData(1), InlineData(2)]
    public void Regression_reaches_the_linear_map_that_made_the_targets(int accumulate)
    {
        var (data, weight, bias) = LinearMap(samples: 60);
        var model = new Linear(3, 2, random: new RandomSource(1));
        var trainer = new Trainer(Objective.Regression(model, MeanSquaredError.Of), new Adam(model.Parameters, 0.05f)) { Accumulate = accumulate };
        var result = trainer.Fit(new TensorBatches(data.Inputs, data.Targets, 16, shuffle: 3), new TensorBatches(data, 60), epochs: 150);
        Assert.True(result.History.Epochs[^1].ValidationLoss < 1e-6, $"{result.History.Epochs[^1].ValidationLoss}");
        Assert.Null(result.History.Epochs[^1].TrainAccuracy); // values are neither right nor wrong
        Assert.Null(trainer.Evaluate(new TensorBatches(data, 7)).Accuracy);
        for (int i = 0; i < weight.Length; i++) Assert.Equal(weight[i], model.Weight.Span[i], 1e-2f);
        for (int i = 0; i < bias.Length; i++) Assert.Equal(bias[i], model.Bias!.Span[i], 1e-2f);
    }

    [Fact]
    public void A_general_objective_sees_every_tensor_of_the_batch_and_resumes_bit_for_bit()
    {
        string expected = Train(null, stop: 0);
        Train("checkpoint", stop: 2);
        Assert.Equal(expected, Train("checkpoint", stop: 0));

        // distillation: the teacher's logits and the labels, each with its weight in a third tensor
        string Train(string? checkpoint, int stop)
        {
            var random = new RandomSource(4);
            var model = new Sequential(new Linear(5, 8, random: random), new Tanh(), new Dropout(0.2f, random), new Linear(8, 3, random: random));
            var objective = new Objective(
                model,
                batch => model.Forward(batch.Inputs),
                (output, batch) => (CrossEntropy.Of(output, batch.Labels) + MeanSquaredError.Of(output * batch.Tensors[2], batch.Tensors[1] * batch.Tensors[2])) * 0.5f,
                (output, batch) => (batch.Integers[1].Span[0], batch.Samples)); // of the second whole-number tensor
            var optimizer = new Adam(model.Parameters, 0.01f);
            var trainer = new Trainer(objective, optimizer) { CheckpointPath = checkpoint is null ? null : _folder[checkpoint] };
            var result = trainer.Fit(new TensorBatches(Distillation(22), 5, shuffle: 9), new TensorBatches(Distillation(22), 22), stop == 0 ? 8 : stop, resume: checkpoint is not null && stop == 0);
            Assert.Equal(1.0 / 22, result.History.Epochs[^1].ValidationAccuracy!.Value, 1e-12);
            Assert.True(stop > 0 || result.History.Epochs[^1].TrainLoss < result.History.Epochs[0].TrainLoss, string.Join(" ", result.History.Epochs));
            return string.Join('\n', [.. model.Parameters.Select(Hex), .. result.History.Epochs.Select(record => $"{record with { Seconds = 0, SamplesPerSecond = 0 }}")]);
        }
    }

    [Fact]
    public void A_step_of_many_tensors_is_replayed_equals_eager_and_allocates_nothing()
    {
        var (eager, captured) = (Model(), Model());
        var (eagerOptimizer, capturedOptimizer) = (new Adam(eager.Parameters), new Adam(captured.Parameters));
        var batch = Distillation(6);
        var step = TrainingStep.Capture((tensors, integers) => Compute(captured, tensors, integers), capturedOptimizer);
        for (int i = 0; i < 3; i++)
        {
            eagerOptimizer.ZeroGradient();
            var (loss, _) = Compute(eager, batch.Tensors.ToArray(), batch.Integers.ToArray());
            loss.Backward();
            eagerOptimizer.Step();
            Assert.Equal(loss.Item(), step.Run(batch.Tensors, batch.Integers), 1e-5f);
        }

        Assert.Null(step.Obstacle);
        var objective = Objective.Labels(captured, CrossEntropy.Of);
        Assert.Equal(0, Allocation.OfWarm(() =>
        {
            step.Run(batch.Tensors, batch.Integers);
            objective.Correct(step.Output, batch);
        }));

        static Sequential Model() => new(new Linear(5, 3, random: new RandomSource(1)));

        static (Tensor Loss, Tensor Output) Compute(Layer model, Tensor[] tensors, IntTensor[] integers)
        {
            var output = model.Forward(tensors[0]);
            return (CrossEntropy.Of(output, integers[0]) + MeanSquaredError.Of(output, tensors[1]), output);
        }
    }

    [Fact]
    public void An_evaluation_of_lengths_is_replayed()
    {
        var model = new Lstm(2, 3, random: new RandomSource(1));
        var plan = InferencePlan.Capture((inputs, lengths) => model.Forward(inputs[0], lengths[0]));
        var x = Tensor.Zeros([4, 5, 2]);
        new RandomSource(2).Normal(x.Span);
        foreach (var lengths in (IntTensor[])[new(5, 1, 3, 2), new(1, 5, 5, 4)])
        {
            Assert.Equal(model.Forward(x, lengths).ToArray(), plan.Run([x], [lengths]).ToArray());
            Assert.Equal(0, Allocation.OfWarm(() => plan.Run([x], [lengths])));
        }

        Assert.Null(plan.Obstacle);
    }

    [Fact]
    public void The_learning_rate_of_a_regression_is_found_and_the_model_left_as_it_was()
    {
        var (data, _, _) = LinearMap(samples: 40);
        var model = new Linear(3, 2, random: new RandomSource(1));
        float[] before = model.Weight.ToArray();
        var range = LearningRateRange.Test(Objective.Regression(model, MeanSquaredError.Of), new Sgd(model.Parameters), new TensorBatches(data, 10), 1e-4, 100);
        Assert.InRange(range.Suggestion!.Value, 1e-3, 1);
        Assert.Equal(before, model.Weight.ToArray());
    }

    [Fact]
    public void What_a_batch_does_not_hold_and_a_target_that_is_no_number_are_named()
    {
        var (data, _, _) = LinearMap(samples: 8);
        var model = new Linear(3, 2, random: new RandomSource(1));
        Assert.Contains("no labels", Assert.Throws<InvalidOperationException>(() => new Trainer(model, CrossEntropy.Of, new Sgd(model.Parameters)).Fit(new TensorBatches(data, 4))).Message);
        Assert.Contains("no targets", Assert.Throws<InvalidOperationException>(() => new TrainingBatch(Tensor.Ones([1, 2]), new IntTensor(0)).Targets).Message);
        Assert.Contains("8 samples need 8 rows; got 7", Assert.Throws<ArgumentException>(() => new TensorBatches(data.Inputs, Tensor.Ones([7, 2]), 4)).Message);
        data.Targets.Span[11] = float.NaN;
        var failure = Assert.Throws<NonFiniteException>(() => new Trainer(Objective.Regression(model, MeanSquaredError.Of), new Sgd(model.Parameters)).Fit(new TensorBatches(data, 8)));
        Assert.Contains("targets hold NaN in sample 5", failure.Message);
    }

    private static (TrainingBatch Data, float[] Weight, float[] Bias) LinearMap(int samples)
    {
        float[] weight = [1, -2, 0.5f, 0.25f, 3, -1], bias = [0.5f, -1.5f];
        var (inputs, targets) = (Tensor.Zeros([samples, 3]), Tensor.Zeros([samples, 2]));
        new RandomSource(6).Normal(inputs.Span);
        for (int i = 0; i < samples * 2; i++)
        {
            targets.Span[i] = bias[i % 2];
            for (int j = 0; j < 3; j++) targets.Span[i] += weight[i % 2 * 3 + j] * inputs.Span[i / 2 * 3 + j];
        }

        return (new TrainingBatch(inputs, targets), weight, bias);
    }

    private static TrainingBatch Distillation(int samples)
    {
        var (inputs, teacher, weights) = (Tensor.Zeros([samples, 5]), Tensor.Zeros([samples, 3]), Tensor.Full([samples, 1], 0.5f));
        new RandomSource(3).Normal(inputs.Span);
        for (int i = 0; i < samples * 3; i++) teacher.Span[i] = inputs.Span[i / 3 * 5 + i % 3];
        int[] labels = [.. Enumerable.Range(0, samples).Select(i => inputs.Span[i * 5] > 0 ? 0 : 1)];
        return new TrainingBatch([inputs, teacher, weights], [new IntTensor(labels), new IntTensor([.. Enumerable.Repeat(1, samples)])]);
    }

    private static string Hex(Tensor tensor) => Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.Span));
}
