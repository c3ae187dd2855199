using System.Diagnostics.CodeAnalysis;
using Gradus.Formats;
using Gradus.Layers;

namespace Gradus;

/// <summary>
/// A function of tensors with parameters of its own. Store parameters and child layers in fields or automatic properties: they are
/// found there, and their names are those of PyTorch's <c>state_dict</c>.
/// </summary>
/// <remarks>
/// <c>Weight</c> and <c>_weight</c> are both <c>weight</c>, <c>RunningMean</c> is <c>running_mean</c>; a child layer's come after
/// its own name and a dot, <c>conv1.weight</c>, those in an array after their place, <c>blocks.0.weight</c>.
/// <see cref="StateNameAttribute"/> gives another name. Tensors that are saved but not trained carry <see cref="BufferAttribute"/>.
/// </remarks>
[DynamicallyAccessedMembers(LayerState.Reflected)]
public abstract class Layer
{
    /// <summary>Whether the layer behaves as in training (dropout drops, batch normalisation uses the batch); true at first.</summary>
    public bool Training { get; internal set; } = true;

    /// <summary>All parameters, the children's included, each once.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. NamedParameters().Select(named => named.Parameter)];

    /// <summary>The layers directly inside this one, in the order in which they were declared.</summary>
    public IReadOnlyList<Layer> Children => [.. LayerState.Of(this).Children.Select(named => named.Layer)];

    /// <summary>Computes the layer's output.</summary>
    public abstract Tensor Forward(Tensor x);

    /// <summary>All parameters with their <c>state_dict</c> names, each once: the layer's own, then its children's, in the order of declaration.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> NamedParameters() => LayerState.All(this).Parameters;

    /// <summary>All tensors that are saved but not trained, such as running statistics, with their <c>state_dict</c> names.</summary>
    public IReadOnlyList<(string Name, Tensor Buffer)> NamedBuffers() => LayerState.All(this).Buffers;

    /// <summary>Sets this layer and all inside it to behave as in training.</summary>
    public void Train() => SetTraining(true);

    /// <summary>Sets this layer and all inside it to behave as in use: deterministic, one sample independent of the others.</summary>
    public void Evaluate() => SetTraining(false);

    /// <summary>Writes all parameters and buffers to a safetensors file that PyTorch can load; an existing file is replaced in one step.</summary>
    /// <exception cref="IOException">The file cannot be written; an earlier one is still whole.</exception>
    public void Save(string path) => Safetensors.Write(path, [.. State()]);

    /// <summary>Reads all parameters and buffers from a safetensors file; PyTorch's own count of batches is passed over.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or it belongs to another model; the layer is unchanged.</exception>
    public void Load(string path) => Restore(Safetensors.Read(path).Tensors, path);

    /// <summary>The parameters, then the buffers, by name.</summary>
    internal IEnumerable<(string Name, Tensor Tensor)> State()
    {
        var state = LayerState.All(this);
        return [.. state.Parameters.Select(named => (named.Name, (Tensor)named.Parameter)), .. state.Buffers];
    }

    /// <summary>Every source of random numbers inside, each once.</summary>
    internal IReadOnlyList<RandomSource> RandomSources() => LayerState.All(this).RandomSources;

    internal void Restore(IReadOnlyDictionary<string, Tensor> saved, string source)
    {
        var state = State().ToArray();
        foreach (var (name, tensor) in state)
        {
            if (!saved.TryGetValue(name, out var value))
                throw new InvalidDataException($"{source} has no tensor '{name}', which the model needs: it belongs to another architecture");
            if (value.Shape != tensor.Shape)
                throw new InvalidDataException($"'{name}' is {value.Shape} in {source} and {tensor.Shape} in the model: it belongs to another architecture");
        }

        var known = state.Select(named => named.Name).ToHashSet();
        if (saved.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            throw new InvalidDataException($"{source} has a tensor '{unknown}' that the model does not: it belongs to another architecture");
        foreach (var (name, tensor) in state) saved[name].Span.CopyTo(tensor.Span);
        Parameter.NoteChange();
    }

    private void SetTraining(bool training)
    {
        foreach (var layer in LayerState.All(this).Layers) layer.Training = training;
    }
}
