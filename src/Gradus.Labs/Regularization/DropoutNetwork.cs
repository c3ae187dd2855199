using Gradus.Data;
using Gradus.Graph;
using Gradus.Layers;
using Gradus.Ops;

namespace Gradus.Labs.Regularization;

/// <summary>The network of the labs on dropout: two hidden layers, each followed by dropout, trained once for all of them.</summary>
internal static class DropoutNetwork
{
    public const int Width = 256;

    public static Sequential Build(double rate, ulong seed)
    {
        var random = new RandomSource(seed);
        return new Sequential(
            new Flatten(),
            new Linear(28 * 28, Width, random: random), new Relu(), new Dropout((float)rate, new RandomSource(seed + 1000)),
            new Linear(Width, Width, random: random), new Relu(), new Dropout((float)rate, new RandomSource(seed + 2000)),
            new Linear(Width, 10, random: random));
    }

    public static Sequential Trained(LabContext lab, Dataset training, double rate, ulong seed)
    {
        var network = Build(rate, seed);
        int epochs = lab.Pick(4, 4, 6);
        lab.Cached(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"dropout-network {training.Name} {training.Count} rate {rate} epochs {epochs} seed {seed}"), network, () =>
            lab.Fit(network, new Adam(network.Parameters, 1e-3f), LabContext.Batches(training, 64, seed), epochs, line: ("network with dropout", "带 dropout 的网络")));
        return network;
    }

    /// <summary>The training pictures of these labs.</summary>
    public static Dataset Pictures(LabContext lab, Dataset all) => LabContext.Some(all, lab.Pick(2000, 6000, 20000), seed: 0);

    /// <summary>Sets a network to its mode in use, save that dropout goes on dropping.</summary>
    public static void KeepDropping(Sequential network)
    {
        network.Evaluate();
        foreach (var dropout in network.Children.OfType<Dropout>()) dropout.Train();
    }

    /// <summary>Class probabilities, <c>[pictures, 10]</c>, in whatever mode the layers are.</summary>
    public static float[] Probabilities(Layer network, Tensor pictures)
    {
        using (GradientMode.Off()) return network.Forward(pictures).Softmax().ToArray();
    }
}
