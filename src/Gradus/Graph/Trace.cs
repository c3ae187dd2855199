namespace Gradus.Graph;

/// <summary>The list of what one step did, in order. A symbolic trace computes nothing: tensors have shapes and no values.</summary>
internal sealed class Trace
{
    [ThreadStatic] private static Trace? _current;

    private Trace(bool isSymbolic) => IsSymbolic = isSymbolic;

    /// <summary>The trace that this thread's operations go into, if any.</summary>
    public static Trace? Current => _current;

    public bool IsSymbolic { get; }

    public List<Event> Events { get; } = [];

    /// <summary>Runs a step and lists its operations.</summary>
    /// <exception cref="NotCapturableException">A symbolic step read a tensor's values.</exception>
    public static Trace Record(Action step, bool symbolic)
    {
        var outer = _current;
        var trace = new Trace(symbolic);
        _current = trace;
        try
        {
            step();
        }
        finally
        {
            _current = outer;
        }

        return trace;
    }

    public void Add(Node node) => Events.Add(new Event(EventKind.Forward) { Node = node });

    public void AddBackward(Tensor loss) => Events.Add(new Event(EventKind.Backward) { Loss = loss });

    public void AddStep(Optimizer optimizer) => Events.Add(new Event(EventKind.Step) { Optimizer = optimizer });

    public void AddZeroGradient(Optimizer optimizer) => Events.Add(new Event(EventKind.ZeroGradient) { Optimizer = optimizer });

    public static Exception ValueRead(Tensor tensor) => _current is { IsSymbolic: true }
        ? new NotCapturableException($"the step reads the values of a tensor {tensor.Shape}, which are not known while it is captured")
        : new InvalidOperationException($"the tensor {tensor.Shape} belongs to a captured step and has no values outside it: return it as an output of the step");
}

internal enum EventKind
{
    Forward,
    Backward,
    Step,
    ZeroGradient,
}

internal sealed class Event(EventKind kind)
{
    public EventKind Kind => kind;

    public Node? Node { get; init; }

    public Tensor? Loss { get; init; }

    public Optimizer? Optimizer { get; init; }
}

/// <summary>A step that depends on values and therefore cannot be replayed; it stays eager.</summary>
public sealed class NotCapturableException(string message) : InvalidOperationException(message);
