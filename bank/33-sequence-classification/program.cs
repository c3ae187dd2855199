#:project ../../src/Gradus/Gradus.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
// Sequences of 10 steps of 3 features, 2 classes: a ReLU recurrent network, as asked, and an LSTM beside it, each with cross-entropy on logits.
// Run it with: dotnet run program.cs [EPOCHS]
// The class is which of two pulses came first: a matter of order alone. A network over the sum of the steps shows that nothing else gives it away.
using System.Globalization;
using Gradus;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Ops;
using Gradus.Training;
using Linear = Gradus.Layers.Linear;
using Relu = Gradus.Layers.Relu;

int epochs = args.Length == 0 ? 10 : int.Parse(args[0], CultureInfo.InvariantCulture);
var (train, trainLabels) = Pulses.Make(4000, seed: 1);
var (validation, validationLabels) = Pulses.Make(1000, seed: 2);
var (test, testLabels) = Pulses.Make(2000, seed: 3);                                  // touched once, at the end
var (permuted, _) = Pulses.Make(2000, seed: 3, permuted: true);                        // the same sequences, their steps in another order
Console.WriteLine($"{trainLabels.Span.Length:N0} sequences {train.Shape[1..]} to learn from; the larger class has {100 * Pulses.LargerShare(testLabels):f1} % of the test");

var random = new RandomSource(seed: 0);
Report("ReLU RNN", new LastState(new Rnn(inputs: Pulses.Features, hidden: 10, relu: true, random: random), random));
Report("LSTM", new LastState(new Lstm(inputs: Pulses.Features, hidden: 10, random: random), random));
Report("sum of steps", new SumOfSteps(random));

void Report(string name, Layer network)
{
    Console.WriteLine($"{name}, {network.Parameters.Sum(parameter => parameter.Count):N0} parameters");
    Console.WriteLine($"  first loss {CrossEntropy.Of(network.Forward(train), trainLabels).Item():f3} (guessing: ln 2 = {Math.Log(2):f3})");
    var optimizer = new Adam(network.Parameters, learningRate: 0.01f) { ClipNorm = 1 };  // ReLU states have no bound, nor have their gradients
    var trainer = new Trainer(network, CrossEntropy.Of, optimizer);
    var history = trainer.Fit(new TensorBatches(train, trainLabels, batchSize: 32, shuffle: 0), new TensorBatches(validation, validationLabels, 500), epochs).History;
    foreach (var epoch in history.Epochs)
        Console.WriteLine($"  epoch {epoch.Epoch}: loss {epoch.TrainLoss:f3}, accuracy {100 * epoch.TrainAccuracy:f1} %, watched {100 * epoch.ValidationAccuracy:f1} %");
    Console.WriteLine($"  test accuracy {100 * trainer.Evaluate(new TensorBatches(test, testLabels, 500)).Accuracy:f1} %, "
        + $"with the steps permuted {100 * trainer.Evaluate(new TensorBatches(permuted, testLabels, 500)).Accuracy:f1} %");
}

/// <summary>The network of the task: a recurrent layer, and a dense layer on the state that is left after the last step.</summary>
internal sealed class LastState(RecurrentLayers recurrent, RandomSource random) : Layer
{
    private readonly RecurrentLayers _recurrent = recurrent;
    private readonly Linear _dense = new(recurrent.Features, Pulses.Classes, random: random);

    public override Tensor Forward(Tensor x)                         // [n, 10, 3]
    {
        x = _recurrent.Last(x);                                      // [n, 10]
        return _dense.Forward(x);                                    // [n, 2] logits: the loss holds the only softmax
    }
}

/// <summary>The baseline: steps are added up, which forgets their order, and a network of two layers judges the sum.</summary>
internal sealed class SumOfSteps(RandomSource random) : Layer
{
    private readonly Linear _hidden = new(Pulses.Features, 32, random: random), _dense = new(32, Pulses.Classes, random: random);
    private readonly Relu _relu = new();

    public override Tensor Forward(Tensor x) => _dense.Forward(_relu.Forward(_hidden.Forward(x.Sum(1)))); // [n, 10, 3] to [n, 3] to [n, 2]
}

/// <summary>A pulse in the first feature and one in the second, at two of ten steps, over noise in all three; class 1 if the first feature's comes first.</summary>
internal static class Pulses
{
    public const int Steps = 10, Features = 3, Classes = 2;

    /// <summary>Sequences <c>[count, 10, 3]</c> and classes <c>[count]</c>.</summary>
    public static (Tensor Inputs, IntTensor Labels) Make(int count, ulong seed, bool permuted = false)
    {
        var random = new RandomSource(seed);
        var (inputs, labels) = (Tensor.Zeros([count, Steps, Features]), new int[count]);
        random.Normal(inputs.Span, 0, 0.1f);
        for (int i = 0; i < count; i++)
        {
            int[] places = random.Permutation(Steps), order = random.Permutation(Steps);
            var sequence = inputs.Span.Slice(i * Steps * Features, Steps * Features);
            sequence[places[0] * Features] += 1;
            sequence[places[1] * Features + 1] += 1;
            labels[i] = places[0] < places[1] ? 1 : 0;
            if (!permuted) continue;
            float[] before = sequence.ToArray();
            for (int t = 0; t < Steps; t++) before.AsSpan(order[t] * Features, Features).CopyTo(sequence[(t * Features)..]);
        }

        return (inputs, new IntTensor(labels));
    }

    public static double LargerShare(IntTensor labels)
    {
        double ones = labels.Span.ToArray().Average();
        return Math.Max(ones, 1 - ones);
    }
}
