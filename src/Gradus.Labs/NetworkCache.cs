using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Gradus.Data;

namespace Gradus.Labs;

/// <summary>Trained networks, kept by a hash of code, data, configuration and seed, and shared by labs.</summary>
/// <param name="folder">Where they lie.</param>
/// <param name="fresh">Trains each once more, and then shares that.</param>
public sealed class NetworkCache(string folder, bool fresh = false)
{
    /// <summary>What identifies the code of engine, data, architectures and labs: a build is deterministic, so that an assembly's identity is a hash of its source.</summary>
    public static string Code { get; } = string.Concat(
        new[] { typeof(Tensor), typeof(Dataset), typeof(Zoo.Architecture), typeof(NetworkCache) }.Select(type => type.Module.ModuleVersionId.ToString("N")));

    private readonly ConcurrentDictionary<string, Lock> _locks = new();
    private readonly ConcurrentDictionary<string, bool> _made = new();

    /// <summary>The user's cache: a folder beside the data sets'.</summary>
    public static NetworkCache Default(bool fresh = false) => new(Path.Combine(DataLocations.FromEnvironment().Cache, "networks"), fresh);

    /// <summary>Gives a network the parameters that training would give it.</summary>
    /// <param name="key">All that decides the training but the code: data set and size, configuration, seed.</param>
    /// <param name="network">Freshly made; its parameters are overwritten.</param>
    /// <param name="train">Trains it, where it was not trained before.</param>
    public void Train(string key, Layer network, Action train)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(train);
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Code} {key}")));
        lock (_locks.GetOrAdd(name, _ => new Lock()))
        {
            string path = Path.Combine(folder, $"{name}.safetensors");
            if (fresh && _made.TryAdd(name, true) && File.Exists(path)) File.Delete(path); // the folder may not be there yet
            if (File.Exists(path) && TryLoad(network, path)) return;
            train();
            Keep(network, path);
        }
    }

    private static bool TryLoad(Layer network, string path)
    {
        try
        {
            network.Load(path);
            return true;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            return false; // damaged: trained again
        }
    }

    private static void Keep(Layer network, string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            network.Save(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A cache that cannot be written costs time, nothing else.
        }
    }
}
