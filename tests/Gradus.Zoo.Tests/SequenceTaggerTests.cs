using Gradus.Graph;

namespace Gradus.Zoo.Tests;

public class SequenceTaggerTests
{
    [Theory]
    [InlineData("bilstm-crf"), InlineData("gru-crf")]
    public void It_learns_tags_of_sequences_of_different_lengths_in_replay_as_in_eager(string name)
    {
        const int Batch = 12, Time = 6;
        var (eager, captured) = (Build(name), Build(name));
        Adam eagerOptimizer = new(eager.Parameters, 0.01f), capturedOptimizer = new(captured.Parameters, 0.01f);
        var step = TrainingStep.Capture(captured, captured.Loss, capturedOptimizer);
        var random = new RandomSource(2);
        var x = Tensor.Zeros([Batch, Time, 4]);
        random.Normal(x.Span);
        int[] lengths = [.. Enumerable.Range(0, Batch).Select(sequence => 1 + sequence % Time)], tags = new int[Batch * Time];
        for (int i = 0; i < tags.Length; i++) tags[i] = i % Time >= lengths[i / Time] ? -1 : x.Span[i * 4] > 0 ? 2 : i % Time % 2; // of the word, or of its place
        IntTensor labels = new(tags, [Batch, Time]);
        for (int i = 0; i < 3; i++)
        {
            eagerOptimizer.ZeroGradient();
            var loss = eager.Loss(eager.Forward(x), labels);
            loss.Backward();
            eagerOptimizer.Step();
            Assert.Equal(loss.Item(), step.Run(x, labels), 1e-4f);
        }

        for (int i = 0; i < 150; i++) step.Run(x, labels);
        Assert.Null(step.Obstacle);
        // the reverse direction reads the end of a full sequence in training, so that lengths are given only where there is none
        int[] decoded = captured.Decode(x, name == "gru-crf" ? new IntTensor(lengths) : null).Span.ToArray();
        Assert.Equal(tags.Where(tag => tag >= 0), decoded.Where((_, i) => tags[i] >= 0));
        if (name == "gru-crf") Assert.Equal(tags, decoded);
    }

    private static SequenceTagger Build(string name) => (SequenceTagger)Architectures.Get(name).Build([6, 4], 3, new RandomSource(1));
}
