namespace Gradus.Graph.Planning;

/// <summary>Turns a program into instructions: forward, the chain rule for each backward entry, sums over several uses, optimizer steps.</summary>
internal sealed class Lowering
{
    private readonly Program _program;
    private readonly List<Instruction> _instructions = [];
    private readonly Dictionary<PlanNode, Frame> _frames = [];
    private readonly HashSet<Tensor> _written = new(ReferenceEqualityComparer.Instance); // leaves whose gradient this run has begun
    private readonly HashSet<Tensor> _zeroed = new(ReferenceEqualityComparer.Instance);
    private Value? _loss;

    private Lowering(Program program) => _program = program;

    public static List<Instruction> Lower(Program program)
    {
        var lowering = new Lowering(program);
        for (int i = 0; i < program.Entries.Count; i++) lowering.Lower(i);
        foreach (var leaf in lowering._written) lowering._instructions.Add(new PublishGradientInstruction(leaf, leaf.GradientMemory!));
        return lowering._instructions;
    }

    /// <summary>The program's preparations, over memory of their own.</summary>
    public static List<Instruction> Prepare(Program program)
    {
        var lowering = new Lowering(program);
        foreach (var node in program.Preparations)
        {
            lowering.Forward(node);
            foreach (var value in lowering._instructions[^1].Touches) MemoryPlan.GiveOwnMemory(value.Root);
        }

        return lowering._instructions;
    }

    private void Lower(int index)
    {
        switch (_program.Entries[index])
        {
            case PlanNode node:
                Forward(node);
                break;
            case BackwardEntry backward:
                _loss = backward.Loss;
                Backward(backward.Loss, index);
                break;
            case StepEntry step:
                Step(step.Optimizer);
                break;
            case ZeroGradientEntry zero:
                foreach (var parameter in zero.Optimizer.Groups.SelectMany(group => group.Parameters))
                {
                    _zeroed.Add(parameter);
                    _written.Remove(parameter);
                }

                break;
        }
    }

    private void Forward(PlanNode node)
    {
        var frame = new Frame
        {
            Inputs = Tensors(node.Inputs),
            IntegerInputs = node.Integers,
            Outputs = Tensors(node.Outputs),
            SavedValues = Tensors(node.Saved),
        };
        _frames.Add(node, frame);
        if (node.Signature.IsView) return;
        var instruction = new OperationInstruction(node.Operation, frame, backward: false);
        instruction.Touches.AddRange([.. node.Inputs, .. node.Outputs, .. node.Saved]);
        frame.ScratchMemory = Scratch(instruction, node.Signature.Scratch);
        _instructions.Add(instruction);
    }

    private void Backward(Value loss, int end)
    {
        var one = Value.Of(Tensor.Full(loss.Shape, 1));
        var gradients = new Dictionary<Value, Value>(ReferenceEqualityComparer.Instance) { [loss] = one };
        for (int i = end - 1; i >= 0; i--)
        {
            if (_program.Entries[i] is not PlanNode { WantsGradient: true } node) continue;
            var outputs = System.Array.ConvertAll(node.Outputs, output => gradients.GetValueOrDefault(output));
            if (System.Array.TrueForAll(outputs, gradient => gradient is null)) continue;
            if (node.Signature.IsView) ContributeView(gradients, node.Inputs[0], outputs[0]!);
            else Backward(node, outputs, gradients);
        }
    }

    private void Backward(PlanNode node, Value?[] outputGradients, Dictionary<Value, Value> gradients)
    {
        var targets = new Value?[node.Inputs.Length];
        var sums = new List<(Value Total, Value Part)>();
        for (int i = 0; i < targets.Length; i++)
        {
            var input = node.Inputs[i];
            if (!input.WantsGradient) continue;
            if (Earlier(input, gradients) is { } total)
            {
                targets[i] = new Value(input.Shape);
                sums.Add((total, targets[i]!));
            }
            else
            {
                targets[i] = gradients[input] = input.Leaf is { } leaf ? Begin(leaf) : new Value(input.Shape);
            }
        }

        if (System.Array.TrueForAll(targets, target => target is null)) return;
        var forward = _frames[node];
        var frame = new Frame
        {
            Inputs = forward.Inputs,
            IntegerInputs = forward.IntegerInputs,
            Outputs = forward.Outputs,
            SavedValues = forward.SavedValues,
            OutputGradients = System.Array.ConvertAll(outputGradients, gradient => gradient?.Tensor),
            InputGradients = System.Array.ConvertAll(targets, target => target?.Tensor),
        };
        var instruction = new OperationInstruction(node.Operation, frame, backward: true);
        instruction.Touches.AddRange([.. node.Saved, .. outputGradients.OfType<Value>(), .. targets.OfType<Value>()]);
        if (node.Signature.BackwardReads.HasFlag(Reads.Inputs)) instruction.Touches.AddRange(node.Inputs);
        else if (node.Signature.BackwardReads.HasFlag(Reads.Weights)) instruction.Touches.AddRange(node.Inputs[1..]);
        if (node.Signature.BackwardReads.HasFlag(Reads.Outputs)) instruction.Touches.AddRange(node.Outputs);
        frame.BackwardScratchMemory = Scratch(instruction, node.Signature.BackwardScratch);
        _instructions.Add(instruction);
        foreach (var (total, part) in sums) Add(total, part);
    }

    // The gradient that a further contribution is added to, if there is one already in this walk or from an earlier one.
    private Value? Earlier(Value input, Dictionary<Value, Value> gradients)
    {
        if (gradients.TryGetValue(input, out var total)) return total;
        if (input.Leaf is not { } leaf || (!_written.Contains(leaf) && _zeroed.Contains(leaf))) return null;
        if (!_written.Contains(leaf)) _instructions.Insert(0, new AdoptGradientInstruction(leaf, leaf.GradientMemory ??= Tensor.Zeros(leaf.Shape)));
        return gradients[input] = Begin(leaf);
    }

    private Value Begin(Tensor leaf)
    {
        _written.Add(leaf);
        return Value.Of(leaf.GradientMemory ??= Tensor.Zeros(leaf.Shape));
    }

    private void ContributeView(Dictionary<Value, Value> gradients, Value input, Value gradient)
    {
        if (!input.WantsGradient) return;
        var view = new Value(input.Shape) { ViewOf = gradient, IsExternal = gradient.Root.IsExternal };
        if (Earlier(input, gradients) is { } total) Add(total, view);
        else if (input.Leaf is { } leaf) Copy(gradients[input] = Begin(leaf), view);
        else gradients[input] = view;
    }

    private void Add(Value total, Value part)
    {
        var instruction = new AddInstruction(total.Tensor, part.Tensor);
        instruction.Touches.AddRange([total, part]);
        _instructions.Add(instruction);
    }

    private void Copy(Value to, Value from)
    {
        var instruction = new CopyInstruction(to.Tensor, from.Tensor);
        instruction.Touches.AddRange([to, from]);
        _instructions.Add(instruction);
    }

    private void Step(Optimizer optimizer)
    {
        var gradients = optimizer.Groups.SelectMany(group => group.Parameters)
            .Select(parameter => (parameter, _written.Contains(parameter) || !_zeroed.Contains(parameter) ? parameter.GradientMemory : null));
        _instructions.Add(new StepInstruction(optimizer, [.. gradients], _loss?.Tensor) { Touches = { } });
        if (_loss is not null) _instructions[^1].Touches.Add(_loss);
    }

    private static Tensor? Scratch(Instruction instruction, int length)
    {
        if (length == 0) return null;
        var scratch = new Value([length]);
        instruction.Touches.Add(scratch);
        return scratch.Tensor;
    }

    private static Tensor[] Tensors(Value[] values) => System.Array.ConvertAll(values, value => value.Tensor);
}
