using Gradus.Graph.Planning;

namespace Gradus.Graph.Rewriting;

/// <summary>Replaces an operation whose only reader is another one by a single operation.</summary>
internal abstract class PairRewrite<TFirst, TSecond> : Rewrite
    where TFirst : Operation
    where TSecond : Operation
{
    public override void Apply(Program program)
    {
        var uses = program.CountUses();
        var producers = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        var entries = new List<PlanEntry?>();
        foreach (var entry in program.Entries)
        {
            if (entry is not PlanNode node)
            {
                producers.Clear(); // parameters may change here: nothing is moved across
                entries.Add(entry);
                continue;
            }

            if (node.Operation is TSecond && producers.TryGetValue(node.Inputs[0], out int index) && uses[node.Inputs[0]] == 1
                && Fuse((PlanNode)entries[index]!, node) is { } fused)
            {
                entries[index] = null;
                node = fused;
            }

            if (node.Operation is TFirst) producers[node.Output] = entries.Count;
            entries.Add(node);
        }

        program.Replace([.. entries.OfType<PlanEntry>()]);
    }

    /// <summary>The single operation, or null if this pair cannot be fused.</summary>
    protected abstract PlanNode? Fuse(PlanNode first, PlanNode second);
}
