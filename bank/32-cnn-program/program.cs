#:project ../../src/Gradus.Data/Gradus.Data.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
// 32x32 colour pictures, 10 classes: two convolutions with ReLU and pooling, a dense layer, cross-entropy on logits.
// Run it with: dotnet run -c Release program.cs [EPOCHS]; without -c Release it computes the same, many times slower.
// It learns from CIFAR-10 where that is at hand, else from Fashion-MNIST laid out as 32x32 in three channels.
using System.Globalization;
using Gradus;
using Gradus.Data;
using Gradus.Layers;
using Gradus.Losses;
using Gradus.Metrics;
using Gradus.Schedules;
using Gradus.Training;

int epochs = args.Length == 0 ? 3 : int.Parse(args[0], CultureInfo.InvariantCulture);
var (train, test) = Load();
var (learned, validation) = train.Split(0.95, seed: 0);                                        // the test part is touched once, at the end
var normalization = Normalization.Of(learned);                                                 // mean and deviation of the training part
Console.WriteLine($"{train.Name}: {learned.Count:N0} pictures to learn from, {validation.Count:N0} to watch, {test.Count:N0} to test");

var network = new Cnn(new RandomSource(seed: 0));
Console.WriteLine($"parameters: {network.Parameters.Sum(parameter => parameter.Count):N0}");

var batches = new LoaderBatches(new BatchLoader(learned, batchSize: 32, shuffle: true, normalization: normalization));
var first = batches.Epoch(0).First();
Console.WriteLine($"first loss: {CrossEntropy.Of(network.Forward(first.Inputs), first.Labels).Item():f3} (guessing: ln 10 = {Math.Log(10):f3})");

var trainer = new Trainer(network, CrossEntropy.Of, new Adam(network.Parameters, 2e-3f))
{
    Schedule = new OneCycleSchedule((long)epochs * batches.Count),
    Callbacks = [new EpochLines()],
};
trainer.Fit(batches, new LoaderBatches(new BatchLoader(validation, 250, shuffle: false, normalization: normalization)), epochs);

var confusion = new ConfusionMatrix(test.Classes);
network.Evaluate();
foreach (var batch in new LoaderBatches(new BatchLoader(test, 250, shuffle: false, normalization: normalization)).Epoch(0))
    confusion.Add(network.Forward(batch.Inputs), batch.Labels);
for (int label = 0; label < test.Classes; label++) Console.WriteLine($"  {test.ClassNames[label],-12} {100 * confusion.Recall(label):f1} %");
Console.WriteLine($"test accuracy: {100 * confusion.Accuracy:f1} % of {confusion.Total:N0}");

static (Dataset Train, Dataset Test) Load()
{
    try
    {
        return DatasetCatalog.Load("cifar-10");
    }
    catch (DatasetUnavailableException missing)
    {
        Console.WriteLine($"{missing.Message} Fashion-MNIST takes its place.");
        var (train, test) = DatasetCatalog.Load("fashion-mnist");
        return (new Colour32(train), new Colour32(test));
    }
}

/// <summary>The network. A dense layer's size follows from the layers before it: 32 - 2 = 30, half of it 15, 15 - 2 = 13, half of it 6.</summary>
internal sealed class Cnn(RandomSource random) : Layer
{
    private readonly Conv2d _conv1 = new(3, 64, 3, random: random); // He's weights, and a bias for each channel
    private readonly Conv2d _conv2 = new(64, 64, 3, random: random);
    private readonly Linear _fc = new(64 * 6 * 6, 10, random: random);
    private readonly Relu _relu = new();
    private readonly MaxPool2d _pool = new(2);
    private readonly Flatten _flatten = new();

    public override Tensor Forward(Tensor x)                         // [n, 3, 32, 32]
    {
        x = _pool.Forward(_relu.Forward(_conv1.Forward(x)));         // [n, 64, 15, 15]
        x = _pool.Forward(_relu.Forward(_conv2.Forward(x)));         // [n, 64, 6, 6]
        return _fc.Forward(_flatten.Forward(x));                     // [n, 10] logits: the loss holds the only softmax
    }
}

/// <summary>Grey pictures of 28x28 with a border of two pixels and their one channel thrice: 3x32x32.</summary>
internal sealed class Colour32(Dataset grey) : Dataset
{
    private const int Side = 32, Border = 2;

    public override string Name => $"{grey.Name} as 32x32x3";

    public override int Count => grey.Count;

    public override IReadOnlyList<string> ClassNames => grey.ClassNames;

    public override int Channels => 3;

    public override int Height => Side;

    public override int Width => Side;

    public override int Label(int index) => grey.Label(index);

    public override void Read(int index, Span<float> destination)
    {
        Span<float> picture = stackalloc float[grey.SampleLength];
        grey.Read(index, picture);
        destination.Clear();
        for (int channel = 0; channel < 3; channel++)
        {
            for (int y = 0; y < grey.Height; y++)
                picture.Slice(y * grey.Width, grey.Width).CopyTo(destination[((channel * Side + y + Border) * Side + Border)..]);
        }
    }
}

/// <summary>A line for each epoch.</summary>
internal sealed class EpochLines : Callback
{
    public override void OnEpochEnd(TrainingState state, EpochRecord epoch) =>
        Console.WriteLine($"epoch {epoch.Epoch}: loss {epoch.TrainLoss:f3}, accuracy {100 * epoch.TrainAccuracy:f1} %, watched {100 * epoch.ValidationAccuracy:f1} %, {epoch.Seconds:f0} s");
}
