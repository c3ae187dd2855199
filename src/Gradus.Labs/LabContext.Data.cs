using System.Collections.Concurrent;
using Gradus.Data;
using Gradus.Training;

namespace Gradus.Labs;

public sealed partial class LabContext
{
    private static readonly ConcurrentDictionary<string, Lazy<(Dataset Train, Dataset Test)>> Loaded = new();

    /// <summary>A data set, read once for all labs.</summary>
    /// <param name="name">One of the lab's <see cref="Lab.Data"/>.</param>
    /// <exception cref="DatasetUnavailableException">It is not here and cannot be fetched.</exception>
    public (Dataset Train, Dataset Test) Load(string name)
    {
        if (!_lab.Data.Contains(name)) throw new InvalidOperationException($"{_lab.Slug} reads {name} and does not name it among its data");
        try
        {
            return Loaded.GetOrAdd(name, set => new(() => DatasetCatalog.Load(set))).Value;
        }
        catch
        {
            Loaded.TryRemove(name, out _); // it may be there the next time
            throw;
        }
    }

    /// <summary>A part of a set, drawn by a seed, with each class' share.</summary>
    /// <param name="set">The set.</param>
    /// <param name="count">About how many samples: each class' number is rounded. At least the set's size gives the set.</param>
    /// <param name="seed">What draws them.</param>
    public static Dataset Some(Dataset set, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(set);
        return count >= set.Count ? set : set.Split((double)count / set.Count, seed).First;
    }

    /// <summary>A set as one tensor of samples, <c>[count, channels, height, width]</c>, values 0 to 1 or normalised, and one of labels, <c>[count]</c>.</summary>
    public static (Tensor Inputs, IntTensor Labels) Samples(Dataset set, Normalization? normalization = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        var inputs = Tensor.Zeros([set.Count, set.Channels, set.Height, set.Width]);
        var labels = new int[set.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            var sample = inputs.Span.Slice(i * set.SampleLength, set.SampleLength);
            set.Read(i, sample);
            normalization?.Apply(sample);
            labels[i] = set.Label(i);
        }

        return (inputs, new IntTensor(labels, [labels.Length]));
    }

    /// <summary>Batches of a set, shuffled by a seed or in its order.</summary>
    /// <param name="set">The set.</param>
    /// <param name="batch">Samples in a batch.</param>
    /// <param name="shuffle">The seed of the order and of the augmentation; null keeps the set's order.</param>
    /// <param name="normalization">Applied to every sample; null leaves values 0 to 1.</param>
    /// <param name="augment">Augmentations as the command line writes them; empty for none.</param>
    public static BatchSource Batches(Dataset set, int batch, ulong? shuffle = null, Normalization? normalization = null, string augment = "") =>
        new LoaderBatches(new BatchLoader(
            set, batch, shuffle is not null, shuffle ?? 0, normalization: normalization,
            augmentation: augment.Length == 0 ? null : AugmentationPipeline.Parse(augment, shuffle ?? 0)));
}
