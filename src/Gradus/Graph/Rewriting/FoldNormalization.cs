using Gradus.Graph.Planning;
using Gradus.Ops;

namespace Gradus.Graph.Rewriting;

/// <summary>A batch normalisation in evaluation disappears into the weights and the bias of the convolution or linear layer before it.</summary>
internal sealed class FoldNormalization : Rewrite
{
    public override void Apply(Program program)
    {
        var uses = program.CountUses();
        var producers = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        var entries = new List<PlanEntry>();
        foreach (var entry in program.Entries)
        {
            if (entry is PlanNode { Operation: BatchNormalization { IsTraining: false } normalization } second
                && producers.TryGetValue(second.Inputs[0], out int index) && uses[second.Inputs[0]] == 1)
            {
                var first = (PlanNode)entries[index];
                entries.RemoveAt(index); // what stands between does not read it
                producers.Clear();
                var folded = new PlanNode(
                    new FoldedNormalization(normalization.Epsilon), [first.Inputs[1], .. second.Inputs[1..5], .. first.Inputs[2..]], [], wantsGradient: false);
                entries.Add(folded);
                entries.Add(new PlanNode(first.Operation, [first.Inputs[0], .. folded.Outputs], [], wantsGradient: false, second.Outputs));
                continue;
            }

            if (entry is PlanNode { Operation: Convolution2d or Linear { HasRelu: false } } layer) producers[layer.Output] = entries.Count;
            entries.Add(entry);
        }

        program.Replace(entries);
    }
}
