using Gradus.Graph.Planning;
using Gradus.Kernels;
using Gradus.Ops;
using Gradus.Ops.Chains;

namespace Gradus.Graph.Rewriting;

/// <summary>
/// Element-wise operations of one shape become one operation if nobody else reads what they hand to each other. It stands where the last
/// of them stood.
/// </summary>
internal sealed class FuseChains : Rewrite
{
    public override void Apply(Program program)
    {
        var uses = program.CountUses();
        var changing = Changing(program);
        var entries = new List<PlanEntry?>(program.Entries);
        for (int i = entries.Count - 1; i >= 0; i--)
        {
            if (entries[i] is not PlanNode tail || !CanJoin(tail, tail, changing)) continue;
            var members = Gather(entries, i, tail, uses, changing);
            if (members.Count < 2) continue;
            foreach (int member in members) entries[member] = null;
            entries[i] = Fuse([.. members.Select(member => (PlanNode)program.Entries[member])]);
        }

        program.Replace([.. entries.OfType<PlanEntry>()]);
    }

    // From the last backwards: whoever reads a value comes after it, so that all its readers are known when its own turn comes.
    private static List<int> Gather(List<PlanEntry?> entries, int last, PlanNode tail, Dictionary<Value, int> uses, HashSet<Value> changing)
    {
        var members = new List<int>();
        var reads = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        for (int i = last; i >= 0; i--)
        {
            if (entries[i] is null) continue;
            if (entries[i] is not PlanNode node) break; // parameters may change here: nothing is moved across
            if (i < last && !(reads.TryGetValue(node.Output, out int count) && count == uses[node.Output] && CanJoin(node, tail, changing))) continue;
            members.Insert(0, i);
            foreach (var input in node.Inputs) reads[input] = reads.GetValueOrDefault(input) + 1;
        }

        return members;
    }

    private static bool CanJoin(PlanNode node, PlanNode tail, HashSet<Value> changing)
    {
        if (node.Operation is not ElementwiseOperation || node.Output.Shape != tail.Output.Shape) return false;
        bool stopped = !node.WantsGradient && node.Inputs.Any(input => input.WantsGradient); // computed while gradients were off
        return !(stopped && tail.WantsGradient)
            && node.Inputs.All(input => Repetition.Of(input.Shape, node.Output.Shape) is not null && !changing.Contains(input.Root));
    }

    /// <summary>
    /// What may change between the place where an operation stood and the place where the chain reads it: forward stands later, and
    /// backward computes again. It is state that other operations keep, and what an optimizer moves before a later backward pass.
    /// </summary>
    private static HashSet<Value> Changing(Program program)
    {
        var changing = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var readers = program.Nodes.Where(node => !node.Signature.IsView && node.Operation is not ElementwiseOperation);
        changing.UnionWith(readers.SelectMany(node => node.Inputs).Select(input => input.Root).Where(root => root.Leaf is { RequiresGradient: false } and not Parameter));
        int last = program.Entries.FindLastIndex(entry => entry is BackwardEntry);
        var moved = program.Entries.Take(Math.Max(0, last)).OfType<StepEntry>()
            .SelectMany(step => step.Optimizer.Groups).SelectMany(group => group.Parameters).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        changing.UnionWith(program.Nodes.SelectMany(node => node.Inputs).Select(input => input.Root).Where(root => root.Leaf is { } leaf && moved.Contains(leaf)));
        return changing;
    }

    private static PlanNode Fuse(PlanNode[] nodes)
    {
        var tail = nodes[^1];
        var results = nodes.Select(node => node.Output).ToHashSet<Value>(ReferenceEqualityComparer.Instance);
        Value[] inputs = [.. nodes.SelectMany(node => node.Inputs).Where(input => !results.Contains(input)).Distinct<Value>(ReferenceEqualityComparer.Instance)];
        var numbers = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        foreach (var value in inputs.Concat(nodes.Select(node => node.Output))) numbers.Add(value, numbers.Count);
        var chain = new ElementwiseChain(
            tail.Output.Shape,
            System.Array.ConvertAll(inputs, input => Input(input, tail)),
            System.Array.ConvertAll(nodes, node => new ChainMember(
                (ElementwiseOperation)node.Operation, System.Array.ConvertAll(node.Inputs, input => numbers[input]), tail.WantsGradient && node.WantsGradient)));
        var fused = new PlanNode(chain, inputs, [], [tail.Output]);
        if (!tail.WantsGradient) fused.StopGradient();
        return fused;
    }

    private static ChainInput Input(Value input, PlanNode tail)
    {
        var repetition = Repetition.Of(input.Shape, tail.Output.Shape)!.Value;
        return new ChainInput(repetition, repetition == new Repetition(1, tail.Output.Shape.Count), tail.WantsGradient && input.WantsGradient);
    }
}
