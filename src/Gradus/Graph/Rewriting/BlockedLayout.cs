using Gradus.Graph.Planning;
using Gradus.Ops;

namespace Gradus.Graph.Rewriting;

/// <summary>
/// Convolution, ReLU and a 2x2 max-pool become one operation over blocked activations. Reorders stand only where a value is needed in a
/// layout that it does not have.
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
                continue;
            }

            if (Match(entries, i, uses) is { } pool)
            {
                layouts.AddPooled(node, pool);
                i += 2;
                continue;
            }

            foreach (var input in node.Inputs) layouts.NeedPlain(input);
            layouts.Entries.Add(node);
        }

        foreach (var output in program.Outputs) layouts.NeedPlain(output.Root);
        program.Replace(layouts.Entries);
    }

    // Three neighbours in the list, each the only reader of the one before.
    private static PlanNode? Match(List<PlanEntry> entries, int index, Dictionary<Value, int> uses)
    {
        if (index + 2 >= entries.Count) return null;
        if (entries[index] is not PlanNode { Operation: Convolution2d convolution } first) return null;
        if (entries[index + 1] is not PlanNode { Operation: Relu } second || entries[index + 2] is not PlanNode { Operation: MaxPool2d pool } third) return null;
        bool chained = second.Inputs[0] == first.Output && third.Inputs[0] == second.Output && uses[first.Output] == 1 && uses[second.Output] == 1;
        bool halves = pool.Kernel == 2 && pool.Stride == 2 && pool.Padding == default;
        var (x, weight) = (first.Inputs[0], first.Inputs[1]);
        bool possible = !x.WantsGradient || !BlockedConvolutionPool.ReadsPlain(x.Shape, weight.Shape); // a plain input gets no gradient
        return chained && halves && possible && BlockedConvolutionPool.Covers(convolution, x.Shape, weight.Shape) ? third : null;
    }

    /// <summary>Which values exist in which layout, and the list being written.</summary>
    private sealed class Layouts
    {
        private readonly Dictionary<Value, Value> _blocked = new(ReferenceEqualityComparer.Instance);
        private readonly HashSet<Value> _waiting = new(ReferenceEqualityComparer.Instance); // plain values that so far exist only blocked

        public List<PlanEntry> Entries { get; } = [];

        public void AddPooled(PlanNode convolution, PlanNode pool)
        {
            var input = convolution.Inputs[0];
            var x = BlockedConvolutionPool.ReadsPlain(input.Shape, convolution.Inputs[1].Shape) ? Plain(input) : BlockedOf(input);
            var padding = ((Convolution2d)convolution.Operation).Padding;
            var node = new PlanNode(new BlockedConvolutionPool(padding), [x, .. convolution.Inputs[1..]], []);
            Entries.Add(node);
            _blocked[pool.Output] = node.Output;
            _waiting.Add(pool.Output);
        }

        public void NeedPlain(Value value)
        {
            if (!_waiting.Remove(value)) return;
            Entries.Add(new PlanNode(new FromBlocked(value.Shape[1]), [_blocked[value]], [], [value]));
        }

        private Value Plain(Value value)
        {
            NeedPlain(value);
            return value;
        }

        private Value BlockedOf(Value value)
        {
            if (_blocked.TryGetValue(value, out var blocked)) return blocked;
            var node = new PlanNode(new ToBlocked(), [value], []);
            Entries.Add(node);
            return _blocked[value] = node.Output;
        }
    }
}
