using System.Runtime.InteropServices;
using Gradus.Losses;
using Gradus.Training;

namespace Gradus.Zoo.Tests;

/// <summary>What the Zoo holds is trained by the one trainer: pictures of labels, tags of sequences of different lengths, texts.</summary>
public sealed class TrainingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gradus").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Squares_on_noise_are_found_pixel_by_pixel()
    {
        var result = ResumesBitForBit(4, 3, () =>
        {
            var model = Architectures.Get("unet").Build([1, 16, 16], 2, new RandomSource(1));
            return (Objective.Labels(model, PixelCrossEntropy.Of, classAxis: 1), 3e-3f);
        }, () => new TensorBatches(Squares(48, 1), 16, shuffle: 5), () => new TensorBatches(Squares(16, 2), 16));
        var last = result.History.Epochs[^1];
        Assert.True(last.ValidationAccuracy > 0.95 && result.History.Epochs[0].ValidationLoss > last.ValidationLoss, $"{last}"); // background alone is less than 0.9
    }

    [Theory, InlineData("bilstm-crf"), InlineData("gru-crf")]
    public void Tags_of_sequences_of_different_lengths_are_learned(string name)
    {
        var result = ResumesBitForBit(
            12, 5, () => (Tagger(name).Objective, 0.02f), () => new TensorBatches(Tagged(90, 1), 16, shuffle: 5), () => new TensorBatches(Tagged(20, 2), 20));
        Assert.True(result.History.Epochs[^1].ValidationAccuracy > 0.95, $"{result.History.Epochs[^1]}");
    }

    [Theory]
    [InlineData("bilstm-crf"), InlineData("gru-crf"), InlineData("text-lstm"), InlineData("transformer-encoder"), InlineData("sequence-rnn")]
    public void What_stands_behind_a_sequence_has_no_influence_on_loss_accuracy_and_gradient(string name)
    {
        string Train(int padding, int extra)
        {
            var model = name.EndsWith("crf", StringComparison.Ordinal) ? Tagger(name) : new TextModel(9, 6, (SequenceModel)Architectures.Get(name).Build([5, 6], 3, new RandomSource(1)), dropout: 0);
            if (name == "transformer-encoder") model.Evaluate(); // dropout would draw other masks for other shapes
            var objective = model.Objective;
            var batch = name.EndsWith("crf", StringComparison.Ordinal) ? Tagged(12, 3, padding, extra) : Classified(12, padding, extra);
            var output = objective.Output(batch);
            var loss = objective.Loss(output, batch);
            loss.Backward();
            var gradients = model.Parameters.Select(parameter => string.Join(' ', parameter.Gradient!.ToArray().Select(value => $"{value:0.00000}".Replace("-0.00000", "0.00000", StringComparison.Ordinal))));
            return $"{loss.Item():0.00000} {objective.Correct(output, batch)} {string.Join('\n', gradients)}";
        }

        string expected = Train(padding: 0, extra: 0);
        Assert.Equal(expected, Train(padding: 7, extra: 0));
        Assert.Equal(expected, Train(padding: 0, extra: 3));
    }

    [Fact]
    public void Tags_are_counted_as_decoded_and_padding_is_not()
    {
        var model = Tagger("bilstm-crf");
        var batch = Tagged(20, 4);
        var (correct, count) = model.Objective.Correct(model.Objective.Output(batch), batch);
        Assert.Equal(batch.Integers[1].Span.ToArray().Sum(), count);
        var decoded = ((SequenceTagger)((TextModel)model).Body).Field.Decode(model.Forward(batch.Inputs, batch.Integers[1]), batch.Integers[1]).Span.ToArray();
        Assert.Equal(decoded.Zip(batch.Labels.Span.ToArray()).Count(pair => pair.First >= 0 && pair.First == pair.Second), correct);
    }

    [Fact]
    public void Replay_equals_eager_with_lengths()
    {
        foreach (string name in (string[])["bilstm-crf", "gru-crf"])
        {
            var (eager, captured) = (Tagger(name, dropout: 0), Tagger(name, dropout: 0));
            var (eagerOptimizer, capturedOptimizer) = (new Adam(eager.Parameters, 0.01f), new Adam(captured.Parameters, 0.01f));
            var objective = captured.Objective;
            var step = Graph.TrainingStep.Capture((tensors, integers) =>
            {
                var batch = new TrainingBatch(tensors, integers);
                var output = objective.Output(batch);
                return (objective.Loss(output, batch), output);
            }, capturedOptimizer);
            for (int i = 0; i < 4; i++)
            {
                var batch = Tagged(8, (ulong)i);
                eagerOptimizer.ZeroGradient();
                var loss = eager.Objective.Loss(eager.Objective.Output(batch), batch);
                loss.Backward();
                eagerOptimizer.Step();
                Assert.Equal(loss.Item(), step.Run(batch.Tensors, batch.Integers), 1e-4f);
            }

            Assert.Null(step.Obstacle);
        }
    }

    [Fact]
    public void A_repeated_text_is_learned_by_heart()
    {
        var result = ResumesBitForBit(
            20, 5,
            () =>
            {
                var model = new LanguageModel(vocabulary: 128, length: 16, width: 32, heads: 2, layers: 1, dropout: 0.05f, random: new RandomSource(1));
                return (Objective.Labels(model, LanguageModel.Loss), 1e-2f);
            },
            () => new TensorBatches(Text(), 8, shuffle: 2), () => new TensorBatches(Text(), 8));
        Assert.True(result.History.Epochs[^1].ValidationAccuracy > 0.9, $"{result.History.Epochs[^1]}"); // the first letters of a window can be of several places

        static TrainingBatch Text()
        {
            string text = string.Concat(Enumerable.Repeat("the quick brown fox jumps over it. ", 15));
            int windows = (text.Length - 1) / 16;
            return new TrainingBatch(
                Tensor.From([.. text.Take(windows * 16).Select(letter => (float)letter)], [windows, 16]),
                new IntTensor([.. text.Skip(1).Take(windows * 16).Select(letter => (int)letter)], [windows, 16]));
        }
    }

    private TrainingResult ResumesBitForBit(int epochs, int stopAfter, Func<(Objective Objective, float Rate)> build, Func<BatchSource> training, Func<BatchSource> validation)
    {
        var (expected, result) = Fit(epochs, resume: false, checkpoint: null);
        string checkpoint = Path.Combine(_folder, "checkpoint.safetensors");
        Fit(stopAfter, resume: false, checkpoint);
        Assert.Equal(expected, Fit(epochs, resume: true, checkpoint).Bits);
        return result;

        (string Bits, TrainingResult Result) Fit(int epochs, bool resume, string? checkpoint)
        {
            var (objective, rate) = build();
            var trainer = new Trainer(objective, new Adam(objective.Model.Parameters, rate)) { CheckpointPath = checkpoint };
            var result = trainer.Fit(training(), validation(), epochs, resume);
            var tensors = objective.Model.Parameters.Select(parameter => Convert.ToHexString(MemoryMarshal.AsBytes(parameter.Span)));
            return (string.Join('\n', [.. tensors, .. result.History.Epochs.Select(record => $"{record with { Seconds = 0, SamplesPerSecond = 0 }}")]), result);
        }
    }

    private static TextModel Tagger(string name, float dropout = 0) =>
        new(9, 6, (SequenceModel)Architectures.Get(name).Build([5, 6], 3, new RandomSource(1)), dropout, new RandomSource(2));

    // Tokens 1 to 8; the tag is of the token, but after a 1 it is 2.
    private static TrainingBatch Tagged(int sequences, ulong seed, int padding = 0, int extra = 0)
    {
        int time = 6 + extra;
        var (tokens, tags, lengths, random) = (Tensor.Zeros([sequences, time]), new int[sequences * time], new int[sequences], new Random((int)seed));
        for (int i = 0; i < sequences; i++)
        {
            lengths[i] = 1 + i % 6;
            for (int t = 0; t < time; t++)
            {
                bool exists = t < lengths[i];
                tokens.Span[i * time + t] = exists ? random.Next(1, 9) : padding;
                tags[i * time + t] = !exists ? -1 : t > 0 && tokens.Span[i * time + t - 1] == 1 ? 2 : (int)tokens.Span[i * time + t] % 2;
            }
        }

        return new TrainingBatch([tokens], [new IntTensor(tags, [sequences, time]), new IntTensor(lengths)]);
    }

    private static TrainingBatch Classified(int sequences, int padding, int extra)
    {
        var tagged = Tagged(sequences, 3, padding, extra);
        return new TrainingBatch([tagged.Inputs], [new IntTensor([.. Enumerable.Range(0, sequences).Select(i => i % 3)]), tagged.Integers[1]]);
    }

    private static TrainingBatch Squares(int pictures, ulong seed)
    {
        const int Size = 16;
        var (images, labels) = (Tensor.Zeros([pictures, 1, Size, Size]), new int[pictures * Size * Size]);
        new RandomSource(seed).Normal(images.Span);
        for (int i = 0; i < pictures; i++)
        {
            int side = 3 + i % 4, left = i * 5 % (Size - side), top = i * 3 % (Size - side);
            for (int pixel = 0; pixel < Size * Size; pixel++)
            {
                bool inside = pixel / Size - top >= 0 && pixel / Size - top < side && pixel % Size - left >= 0 && pixel % Size - left < side;
                labels[i * Size * Size + pixel] = inside ? 1 : 0;
                images.Span[i * Size * Size + pixel] = images.Span[i * Size * Size + pixel] * 0.5f + (inside ? 2 : 0);
            }
        }

        return new TrainingBatch(images, new IntTensor(labels, [pictures, Size, Size]));
    }
}
