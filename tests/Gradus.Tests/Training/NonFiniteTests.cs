using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;
using Gradus.Training;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Tests.Training;

public class NonFiniteTests
{
    [Fact]
    public void The_layer_and_the_step_where_it_began_are_named()
    {
        // from step 7 on, in the second epoch, the middle layer squares its input until it overflows
        var failing = new Overflowing();
        var random = new RandomSource(1);
        var model = new Sequential(new Linear(6, 4, random: random), failing, new Linear(4, 3, random: random));
        var before = Array.Empty<float>();
        var trainer = new Trainer(model, CrossEntropy.Of, new Sgd(model.Parameters, 0.01f))
        {
            Callbacks = [new TinyTraining.After(6, state =>
            {
                failing.Scale.Span.Fill(1e30f);
                before = model.Parameters[0].ToArray();
            })],
        };
        var failure = Assert.Throws<NonFiniteException>(() => trainer.Fit(TinyTraining.Batches(), epochs: 3));
        Assert.Equal((7, 2, "1"), (failure.Step, failure.Epoch, failure.Layer));
        Assert.Contains("step 7, epoch 2", failure.Message);
        Assert.Contains("layer '1'", failure.Message);
        Assert.Equal("Multiply", failure.Operation);
        Assert.Equal(before, model.Parameters[0].ToArray());
    }

    [Fact]
    public void NaN_in_the_data_is_found_in_its_sample()
    {
        var inputs = Tensor.Ones([4, 6]);
        inputs.Span[2 * 6 + 1] = float.NaN;
        var failure = Assert.Throws<NonFiniteException>(() => new TinyTraining().Trainer.Fit(new TensorBatches(inputs, new IntTensor(0, 1, 2, 0), 4)));
        Assert.Null(failure.Layer);
        Assert.Contains("inputs hold NaN in sample 2", failure.Message);
    }

    [Fact]
    public void A_parameter_that_already_was_not_finite_is_named()
    {
        var training = new TinyTraining(null, 0, new TinyTraining.After(3, state => state.Model.Parameters[0].Span[5] = float.PositiveInfinity));
        var failure = Assert.Throws<NonFiniteException>(() => training.Fit());
        Assert.Equal((4, "0"), (failure.Step, failure.Layer));
        Assert.Contains("'0.weight' in layer '0'", failure.Message);
        Assert.All(training.Model.NamedBuffers(), named => Assert.All(named.Buffer.ToArray(), value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void A_diverging_learning_rate_is_stopped_and_no_checkpoint_holds_NaN()
    {
        using var folder = new TemporaryFolder();
        var random = new RandomSource(1);
        var model = new Sequential(new Linear(6, 16, random: random), new Linear(16, 3, random: random));
        var trainer = new Trainer(model, CrossEntropy.Of, new Sgd(model.Parameters, 1e12f)) { CheckpointPath = folder["checkpoint"], CheckpointEvery = 1 };
        var failure = Assert.Throws<NonFiniteException>(() => trainer.Fit(TinyTraining.Batches(), epochs: 20));
        Assert.Contains("learning rate", failure.Message);
        foreach (var (_, tensor) in Gradus.Formats.Safetensors.Read(folder["checkpoint"]).Tensors)
            Assert.All(tensor.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_loss_that_is_infinite_in_validation_alone_stops_the_training_and_names_the_layer()
    {
        var random = new RandomSource(1);
        var failing = new Overflowing();
        var model = new Sequential(new Linear(6, 4, random: random), failing, new Linear(4, 3, random: random));
        var callback = new TinyTraining.After(5, _ => failing.Scale.Span.Fill(1e30f)); // after the first epoch's last step
        var trainer = new Trainer(model, CrossEntropy.Of, new Sgd(model.Parameters, 0.01f)) { Callbacks = [callback] };
        var failure = Assert.Throws<NonFiniteException>(() => trainer.Fit(TinyTraining.Batches(), TinyTraining.Batches(), epochs: 3));
        Assert.Equal((5, "1", "Multiply"), (failure.Step, failure.Layer, failure.Operation));
        Assert.True(failing.Training);
    }

    private sealed class Overflowing : Layer
    {
        public Parameter Scale { get; } = Parameter.Ones([4]);

        public override Tensor Forward(Tensor x)
        {
            var scaled = x * Scale;
            return scaled * Scale;
        }
    }
}
