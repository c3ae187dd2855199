namespace Gradus.Graph;

/// <summary>
/// A differentiable operation: a shape rule, a forward and a backward pass over memory that it is given. It allocates nothing
/// and keeps no state between calls, so that one definition serves eager computation and replay.
/// </summary>
public abstract class Operation
{
    /// <summary>The operation's name for error messages and pictures of the graph.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>
    /// The constants that make two operations of one type compute differently (axes, strides, epsilon): capture compares
    /// them between its two recordings.
    /// </summary>
    public virtual object? Settings => null;

    /// <summary>The shape rule.</summary>
    /// <param name="inputs">The inputs' shapes.</param>
    /// <exception cref="ShapeException">The inputs do not fit together; the message names them.</exception>
    protected internal abstract Signature Infer(ReadOnlySpan<Shape> inputs);

    /// <summary>The multiply-adds of one forward pass; 0 for what costs little beside matrix products and convolutions.</summary>
    /// <param name="inputs">The inputs' shapes.</param>
    /// <param name="output">The first output's shape.</param>
    protected internal virtual long MultiplyAdds(ReadOnlySpan<Shape> inputs, Shape output) => 0;

    /// <summary>The same computation over activations in blocks of 16 channels, for captured plans; null if there is none.</summary>
    internal virtual BlockedForm? OverBlocks(ReadOnlySpan<Shape> inputs) => null;

    /// <summary>
    /// How many of the first inputs may be sliced along an axis in the output's place, where a place along it depends on the same place of those
    /// inputs and on nothing but the whole of the others; 0 if there is no such rule.
    /// </summary>
    /// <param name="axis">An axis of the output and of those inputs, from 0.</param>
    /// <param name="inputs">The inputs' shapes.</param>
    internal virtual int InputsAlong(int axis, ReadOnlySpan<Shape> inputs) => 0;

    /// <summary>False if two runs over the same inputs may differ (it draws random numbers): never computed once for all.</summary>
    internal virtual bool IsDeterministic => true;

    /// <summary>Computes the outputs, the saved values, and nothing else.</summary>
    protected internal abstract void Forward(Frame f);

    /// <summary>Overwrites the gradient of every input that <see cref="Frame.Wants"/> names; sums over several uses are the graph's business.</summary>
    protected internal abstract void Backward(Frame f);

    /// <summary>Applies the operation to tensors, remembering it for <see cref="Tensor.Backward"/>.</summary>
    /// <returns>The first output.</returns>
    public Tensor Apply(params ReadOnlySpan<Tensor> inputs) => ApplyAll(inputs, [])[0];

    /// <summary>Applies the operation to tensors and whole numbers (labels, lengths), which get no gradient.</summary>
    /// <returns>All outputs.</returns>
    public Tensor[] ApplyAll(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<IntTensor> integers)
    {
        var shapes = new Shape[inputs.Length];
        for (int i = 0; i < shapes.Length; i++) shapes[i] = inputs[i].Shape;
        var node = new Node(this, Infer(shapes), inputs.ToArray(), integers.ToArray());
        if (Trace.Current is { IsSymbolic: true } trace)
        {
            node.PrepareSymbolically();
            trace.Add(node);
            return node.Outputs;
        }

        node.Allocate();
        Forward(node.Frame);
        Trace.Current?.Add(node);
        return node.Outputs;
    }

    /// <summary>Fails with a message that names the shapes unless the condition holds.</summary>
    protected static void Require(bool condition, [System.Runtime.CompilerServices.InterpolatedStringHandlerArgument(nameof(condition))] RequirementMessage message)
    {
        if (!condition) throw new ShapeException(message.ToString());
    }
}

/// <summary>An operation over blocked activations <c>[n, channels / 16, h, w, 16]</c>.</summary>
/// <param name="Operation">What computes the same; an output of rank 5 is blocked, any other plain.</param>
/// <param name="Activations">How many of the first inputs are activations; the others (weights, statistics) stay as they are.</param>
internal sealed record BlockedForm(Operation Operation, int Activations = 1);

/// <summary>Formats a requirement's message only when the requirement is broken.</summary>
[System.Runtime.CompilerServices.InterpolatedStringHandler]
public readonly ref struct RequirementMessage
{
    private readonly System.Text.StringBuilder? _text;

    /// <summary>Called by the compiler.</summary>
    public RequirementMessage(int literalLength, int formattedCount, bool condition, out bool broken)
    {
        broken = !condition;
        _text = broken ? new System.Text.StringBuilder(literalLength + formattedCount * 8) : null;
    }

    /// <summary>Called by the compiler.</summary>
    public void AppendLiteral(string text) => _text!.Append(text);

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted<T>(T value) => _text!.Append(value);

    /// <summary>The message.</summary>
    public override string ToString() => _text?.ToString() ?? "";
}
