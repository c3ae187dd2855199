using Gradus.Graph.Planning;
using Gradus.Ops;

namespace Gradus.Graph.Rewriting;

/// <summary>
/// Convolutions compute on activations in blocks of 16 channels, and what follows them stays in blocks while it can
/// (<see cref="Operation.OverBlocks"/>). Convolution, ReLU and a 2x2 max-pool become one operation. Reorders stand only where a value
/// is needed in a layout that it does not have.
/// </summary>
internal sealed class BlockedLayout : Rewrite
{
    public override void Apply(Program program)
    {
        var uses = program.CountUses();
        var layouts = new Layouts();
        var entries = program.Entries;
        for (int i = 0; i < entries.Count; i++)
        {
            if (entries[i] is not PlanNode node)
            {
                layouts.Entries.Add(entries[i]);
            }
            else if (MatchPool(entries, i, uses) is { } pool)
            {
                layouts.AddConvolution(node, new BlockedConvolutionPool(Settings(node)), BlockedConvolutionPool.ReadsPlain(node.Inputs[1].Shape), pool.Output);
                i += 2;
            }
            else if (node.Operation is Convolution2d convolution && BlockedConvolution.Covers(convolution, node.Inputs[1].Shape))
            {
                layouts.AddConvolution(node, new BlockedConvolution(Settings(node), relu: false), BlockedConvolution.ReadsPlain(node.Inputs[1].Shape), node.Output);
            }
            else if (node.Operation is Convolution2d depthwise && BlockedDepthwiseConvolution.Covers(depthwise, node.Inputs[1].Shape))
            {
                layouts.AddConvolution(node, new BlockedDepthwiseConvolution(Settings(node)), readsPlain: false, node.Output);
            }
            else
            {
                layouts.AddOther(node);
            }
        }

        foreach (var output in program.Outputs) layouts.NeedPlain(output.Root);
        program.Replace(layouts.Entries);
    }

    private static ConvolutionSettings Settings(PlanNode node) => new((Convolution2d)node.Operation);

    // Three neighbours in the list, each the only reader of the one before.
    private static PlanNode? MatchPool(List<PlanEntry> entries, int index, Dictionary<Value, int> uses)
    {
        if (index + 2 >= entries.Count) return null;
        if (entries[index] is not PlanNode { Operation: Convolution2d convolution } first) return null;
        if (entries[index + 1] is not PlanNode { Operation: Relu } second || entries[index + 2] is not PlanNode { Operation: MaxPool2d pool } third) return null;
        bool chained = second.Inputs[0] == first.Output && third.Inputs[0] == second.Output && uses[first.Output] == 1 && uses[second.Output] == 1;
        bool halves = pool.Kernel == 2 && pool.Stride == 2 && pool.Padding == default;
        var (x, weight) = (first.Inputs[0], first.Inputs[1]);
        bool possible = !x.WantsGradient || !BlockedConvolutionPool.ReadsPlain(weight.Shape); // a plain input gets no gradient
        return chained && halves && possible && BlockedConvolutionPool.Covers(convolution, x.Shape, weight.Shape) ? third : null;
    }

    /// <summary>Which values exist in which layout, and the list being written.</summary>
    private sealed class Layouts
    {
        private readonly Dictionary<Value, Value> _blocked = new(ReferenceEqualityComparer.Instance);
        private readonly HashSet<Value> _waiting = new(ReferenceEqualityComparer.Instance); // plain values that so far exist only blocked

        public List<PlanEntry> Entries { get; } = [];

        public void AddConvolution(PlanNode convolution, Operation blocked, bool readsPlain, Value output)
        {
            var input = convolution.Inputs[0];
            var x = readsPlain && !input.WantsGradient ? Plain(input) : BlockedOf(input);
            AddBlocked(convolution, blocked, [x, .. convolution.Inputs[1..]], output);
        }

        /// <summary>Any other operation: over blocks if it can and one of its activations exists only there.</summary>
        public void AddOther(PlanNode node)
        {
            var form = node.Operation.OverBlocks([.. node.Inputs.Select(input => input.Shape)]);
            if (form is null || !node.Inputs[..form.Activations].Any(_waiting.Contains))
            {
                foreach (var input in node.Inputs) NeedPlain(input);
                Entries.Add(node);
                return;
            }

            Value[] inputs = [.. node.Inputs[..form.Activations].Select(BlockedOf), .. node.Inputs[form.Activations..]];
            foreach (var input in node.Inputs[form.Activations..]) NeedPlain(input);
            AddBlocked(node, form.Operation, inputs, node.Output);
        }

        public void NeedPlain(Value value)
        {
            if (value.ViewOf is { } viewed) NeedPlain(viewed);
            if (!_waiting.Remove(value)) return;
            Entries.Add(new PlanNode(new FromBlocked(value.Shape[1]), [_blocked[value]], [], value.WantsGradient, [value]));
        }

        // An output of rank 5 is blocked; another one is the plain value itself.
        private void AddBlocked(PlanNode replaced, Operation operation, Value[] inputs, Value output)
        {
            var node = new PlanNode(operation, inputs, replaced.Integers, replaced.WantsGradient);
            if (node.Output.Shape.Rank != 5) node = new PlanNode(operation, inputs, replaced.Integers, replaced.WantsGradient, [output]);
            Entries.Add(node);
            if (node.Output.Shape.Rank != 5) return;
            _blocked[output] = node.Output;
            _waiting.Add(output);
        }

        private Value Plain(Value value)
        {
            NeedPlain(value);
            return value;
        }

        private Value BlockedOf(Value value)
        {
            if (_blocked.TryGetValue(value, out var blocked)) return blocked;
            var node = new PlanNode(new ToBlocked(), [value], [], value.WantsGradient);
            Entries.Add(node);
            return _blocked[value] = node.Output;
        }
    }
}
