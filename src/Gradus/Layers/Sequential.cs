namespace Gradus.Layers;

/// <summary>Layers one after the other: the output of each is the input of the next.</summary>
/// <remarks>Parameters are named by the layer's place: <c>0.weight</c>, <c>2.bias</c>.</remarks>
public sealed class Sequential : Layer
{
    [StateName("")]
    private readonly Layer[] _layers;

    /// <summary>A chain of layers; an empty one gives its input back.</summary>
    public Sequential(params ReadOnlySpan<Layer> layers) => _layers = layers.ToArray();

    /// <summary>The layers in their order.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        foreach (var layer in _layers) x = layer.Forward(x);
        return x;
    }
}
