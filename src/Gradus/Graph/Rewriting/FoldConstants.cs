using Gradus.Graph.Planning;

namespace Gradus.Graph.Rewriting;

/// <summary>What depends on parameters and constants alone becomes a preparation: an inference plan computes it once.</summary>
internal sealed class FoldConstants : Rewrite
{
    public override void Apply(Program program)
    {
        var entries = new List<PlanEntry>();
        foreach (var entry in program.Entries)
        {
            bool folds = entry is PlanNode { WantsGradient: false, Signature.IsView: false, Operation.IsDeterministic: true, Integers.Length: 0 } node
                && Array.TrueForAll(node.Inputs, input => input.IsConstant);
            if (!folds)
            {
                entries.Add(entry);
                continue;
            }

            var preparation = (PlanNode)entry;
            foreach (var output in preparation.Outputs) output.IsConstant = true;
            program.Preparations.Add(preparation);
        }

        program.Replace(entries);
    }
}
