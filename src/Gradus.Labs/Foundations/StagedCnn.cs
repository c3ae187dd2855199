using Gradus.Data;
using Gradus.Layers;

namespace Gradus.Labs.Foundations;

/// <summary>A small convolutional network in stages, so that a lab can look at what each of them gives.</summary>
internal static class StagedCnn
{
    /// <summary>Two convolutional stages, a hidden layer, an output layer, for <c>[n, 1, 28, 28]</c> and 10 classes.</summary>
    public static Sequential Build(ulong seed)
    {
        var random = new RandomSource(seed);
        return new Sequential(
            new Sequential(new Conv2d(1, 16, 3, same: true, random: random), new Relu(), new MaxPool2d(2)),  // [n, 16, 14, 14]
            new Sequential(new Conv2d(16, 32, 3, same: true, random: random), new Relu(), new MaxPool2d(2)), // [n, 32, 7, 7]
            new Sequential(new Flatten(), new Linear(32 * 7 * 7, 128, random: random), new Relu()),          // [n, 128]
            new Linear(128, 10, random: random));
    }

    /// <summary>Trains it on a part of Fashion-MNIST, or takes what another lab trained.</summary>
    public static Sequential Trained(LabContext lab, Dataset training, Normalization normalization, int epochs, ulong seed)
    {
        var network = Build(seed);
        lab.Cached($"staged-cnn fashion-mnist {training.Count} epochs {epochs} seed {seed}", network, () => lab.Fit(
            network, new Adam(network.Parameters, 2e-3f), LabContext.Batches(training, 64, seed, normalization), epochs,
            schedule: new Schedules.CosineSchedule(epochs * ((training.Count + 63) / 64)), line: "CNN"));
        return network;
    }
}
