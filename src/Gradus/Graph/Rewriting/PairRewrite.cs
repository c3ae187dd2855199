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

            for (int i = 0; i < node.Inputs.Length && node.Operation is TSecond; i++)
            {
                if (!producers.TryGetValue(node.Inputs[i], out int index) || uses[node.Inputs[i]] != 1 || Fuse((PlanNode)entries[index]!, node, i) is not { } fused) continue;
                entries[index] = null;
                node = fused;
            }

            if (node.Operation is TFirst) producers[node.Output] = entries.Count;
            entries.Add(node);
        }

        program.Replace([.. entries.OfType<PlanEntry>()]);
    }

    /// <summary>The single operation, or null if this pair cannot be fused.</summary>
    /// <param name="first">What is read by the second alone.</param>
    /// <param name="second">What comes later; the fused node stands at its place and has its outputs.</param>
    /// <param name="place">Which input of the second is the first's output.</param>
    protected abstract PlanNode? Fuse(PlanNode first, PlanNode second, int place);

    /// <summary>The fused node: it has the second's outputs, and gradients where both had them.</summary>
    protected static PlanNode Fused(Operation operation, Value[] inputs, PlanNode first, PlanNode second) =>
        new(operation, inputs, [.. first.Integers, .. second.Integers], first.WantsGradient || second.WantsGradient, second.Outputs);
}
