using Gradus.Graph.Rewriting;

namespace Gradus.Graph.Planning;

/// <summary>A captured step: a fixed list of instructions over fixed memory. Running it allocates nothing.</summary>
internal sealed class Plan
{
    private readonly Instruction[] _instructions, _preparations;
    private readonly Program _program;
    private readonly MemoryPlan _memory;
    private readonly bool _hasInputViews;

    private Plan(Program program)
    {
        _program = program;
        _preparations = [.. Lowering.Prepare(program)];
        var instructions = Lowering.Lower(program);
        _instructions = [.. instructions];
        Outputs = [.. program.Outputs.Select(output => output.Tensor)];
        _memory = MemoryPlan.Lay(instructions, program.Outputs);
        _hasInputViews = program.Nodes.Any(node => node.Signature.IsView && program.Inputs.Contains(node.Output.Root))
            || program.Outputs.Exists(output => program.Inputs.Contains(output.Root));
        PointOutputViews();
        Prepare();
    }

    /// <summary>The declared outputs; each run overwrites them.</summary>
    public Tensor[] Outputs { get; }

    /// <summary>Bytes of the arena that holds every intermediate value.</summary>
    public long ArenaBytes => (long)_memory.ArenaLength * sizeof(float);

    public IReadOnlyList<Instruction> Instructions => _instructions;

    /// <summary>Records a step twice without computing anything, rewrites it and lays it out.</summary>
    /// <param name="step">The step over the given inputs; returns its outputs.</param>
    /// <param name="inputs">Stand-ins for the inputs: their shapes count.</param>
    /// <param name="integers">Stand-ins for the whole-number inputs.</param>
    /// <param name="rewrites">What to change, in order.</param>
    /// <exception cref="NotCapturableException">The step depends on values, or did different things the second time.</exception>
    public static Plan Capture(Func<Tensor[], IntTensor[], Tensor[]> step, Tensor[] inputs, IntTensor[] integers, IReadOnlyList<Rewrite> rewrites)
    {
        var program = Record(step, inputs, integers);
        var again = Record(step, inputs, integers);
        if (program.Describe() != again.Describe())
            throw new NotCapturableException("the step did different things when it was recorded twice (a loop, a branch or a constant changed between the two)");
        foreach (var rewrite in rewrites) rewrite.Apply(program);
        return new Plan(program);
    }

    /// <summary>Computes anew what depends on parameters alone.</summary>
    public void Prepare()
    {
        foreach (var instruction in _preparations) instruction.Run();
    }

    public void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<IntTensor> integers)
    {
        for (int i = 0; i < inputs.Length; i++) _program.Inputs[i].Tensor.PointTo(inputs[i].Array, inputs[i].Offset);
        for (int i = 0; i < integers.Length; i++) _program.Integers[i].Values = integers[i].Values;
        if (_hasInputViews)
        {
            _memory.PointViews();
            PointOutputViews();
        }

        foreach (var instruction in _instructions) instruction.Run();
    }

    private static Program Record(Func<Tensor[], IntTensor[], Tensor[]> step, Tensor[] inputs, IntTensor[] integers)
    {
        var standIns = System.Array.ConvertAll(inputs, input => new Tensor(input.Shape, array: null, 0));
        var numbers = System.Array.ConvertAll(integers, labels => new IntTensor(new int[labels.Shape.Count], labels.Shape));
        Tensor[] outputs = [];
        var trace = Trace.Record(() => outputs = step(standIns, numbers), symbolic: true);
        return Program.From(trace, standIns, numbers, outputs);
    }

    private void PointOutputViews()
    {
        foreach (var output in _program.Outputs)
        {
            var root = output.Root.Tensor;
            if (!ReferenceEquals(root, output.Tensor)) output.Tensor.PointTo(root.Array, root.Offset);
        }
    }
}
