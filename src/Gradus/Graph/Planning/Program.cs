namespace Gradus.Graph.Planning;

/// <summary>A traced step as a list of entries over values: what rewrites work on.</summary>
internal sealed class Program
{
    private readonly Dictionary<Tensor, Value> _values = new(ReferenceEqualityComparer.Instance);

    private Program(IReadOnlyList<Tensor> inputs, IReadOnlyList<IntTensor> integers)
    {
        Inputs = [.. inputs.Select(input => Value.Input(input.Shape))];
        for (int i = 0; i < inputs.Count; i++) _values.Add(inputs[i], Inputs[i]);
        Integers = [.. integers];
    }

    public List<PlanEntry> Entries { get; private set; } = [];

    public Value[] Inputs { get; }

    /// <summary>The whole-number inputs as the trace saw them; each run points them to the caller's.</summary>
    public IntTensor[] Integers { get; }

    public List<Value> Outputs { get; } = [];

    /// <summary>What depends on parameters and constants alone, taken out of the entries: computed once and when parameters change.</summary>
    public List<PlanNode> Preparations { get; } = [];

    public IEnumerable<PlanNode> Nodes => Entries.OfType<PlanNode>();

    /// <summary>Turns a trace into a program.</summary>
    public static Program From(Trace trace, IReadOnlyList<Tensor> inputs, IReadOnlyList<IntTensor> integers, IEnumerable<Tensor> outputs)
    {
        var program = new Program(inputs, integers);
        foreach (var traced in trace.Events)
        {
            program.Entries.Add(traced.Kind switch
            {
                EventKind.Forward => program.Convert(traced.Node!),
                EventKind.Backward => new BackwardEntry(program.ValueOf(traced.Loss!)),
                EventKind.Step => new StepEntry(traced.Optimizer!),
                _ => new ZeroGradientEntry(traced.Optimizer!),
            });
        }

        foreach (var output in outputs) program.Outputs.Add(program.ValueOf(output));
        return program;
    }

    public void Replace(List<PlanEntry> entries) => Entries = entries;

    /// <summary>How many nodes read each value; outputs and losses count as read once more.</summary>
    public Dictionary<Value, int> CountUses()
    {
        var uses = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        foreach (var input in Nodes.SelectMany(node => node.Inputs)) uses[input] = uses.GetValueOrDefault(input) + 1;
        foreach (var output in Outputs.Concat(Entries.OfType<BackwardEntry>().Select(entry => entry.Loss))) uses[output] = uses.GetValueOrDefault(output) + 1;
        return uses;
    }

    /// <summary>What the program does, entry by entry: equal for two recordings of a step that can be replayed.</summary>
    public string Describe()
    {
        var numbers = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        return string.Join('\n', Entries.Select(entry => entry switch
        {
            PlanNode node => $"{node.Operation.Name}({node.Operation.Settings}) {string.Join(' ', node.Inputs.Select(Number))} -> {string.Join(' ', node.Outputs.Select(Number))}",
            BackwardEntry backward => $"backward {Number(backward.Loss)}",
            StepEntry step => $"step {step.Optimizer.GetHashCode()}",
            _ => "zero",
        }));

        // A constant is known by its content: a new random tensor in every recording must not be baked in.
        string Number(Value value)
        {
            if (!numbers.TryGetValue(value, out int number)) numbers.Add(value, number = numbers.Count);
            return value.Leaf is { } leaf and not Parameter ? $"{number}{value.Shape}#{Hash(leaf)}" : $"{number}{value.Shape}";
        }
    }

    private static int Hash(Tensor tensor)
    {
        var hash = new HashCode();
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.Span));
        return hash.ToHashCode();
    }

    private PlanNode Convert(Node node)
    {
        var converted = new PlanNode(node.Operation, [.. node.Inputs.Select(ValueOf)], node.Frame.IntegerInputs, node.WantsGradient);
        for (int i = 0; i < converted.Outputs.Length; i++) _values.Add(node.Outputs[i], converted.Outputs[i]);
        return converted;
    }

    private Value ValueOf(Tensor tensor)
    {
        if (_values.TryGetValue(tensor, out var value)) return value;
        value = Value.Of(tensor);
        _values.Add(tensor, value);
        return value;
    }
}
