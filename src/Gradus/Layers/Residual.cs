using Gradus.Ops;

namespace Gradus.Layers;

/// <summary>A residual connection: y = body(x) + shortcut(x), so that the gradient also takes the short way.</summary>
/// <remarks>
/// Body and shortcut give the same shape. Parameters are named <c>body.*</c> and <c>shortcut.*</c>.
/// He, Zhang, Ren and Sun 2016, https://arxiv.org/abs/1512.03385, equations 1 and 2.
/// </remarks>
/// <param name="body">What is learned beside the identity.</param>
/// <param name="shortcut">A projection where the shapes differ; the identity if not given.</param>
public sealed class Residual(Layer body, Layer? shortcut = null) : Layer
{
    private readonly Layer _body = body;
    private readonly Layer? _shortcut = shortcut;

    /// <inheritdoc/>
    /// <exception cref="ShapeException">Body and shortcut give shapes that do not broadcast.</exception>
    public override Tensor Forward(Tensor x) => _body.Forward(x) + (_shortcut?.Forward(x) ?? x);
}
