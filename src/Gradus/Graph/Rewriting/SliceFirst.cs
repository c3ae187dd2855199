using Gradus.Graph.Planning;
using Gradus.Ops;

namespace Gradus.Graph.Rewriting;

/// <summary>
/// Where a slice alone reads a result whose places along the axis do not depend on each other, the operands are sliced instead, and so on
/// upwards: what nobody reads is computed neither forward nor backward. A Transformer that decides by one token needs no more of its last layer.
/// </summary>
internal sealed class SliceFirst : Rewrite
{
    public override void Apply(Program program)
    {
        var entries = new List<PlanEntry>(program.Entries);
        for (int i = entries.Count - 1; i >= 0; i--)
        {
            if (entries[i] is PlanNode node && SliceThatAloneReads(program, entries, i) is { } slice && Inputs(node, slice) is > 0 and int count)
                i = Exchange(entries, i, slice, count);
        }

        program.Replace(entries);
    }

    private static int Inputs(PlanNode node, PlanNode slice) =>
        node.Operation.IsDeterministic && node.Outputs.Length == 1 && node.WantsGradient == slice.WantsGradient && slice.Output.Shape.Count < node.Output.Shape.Count
            ? node.Operation.InputsAlong(AxisOf(slice), [.. node.Inputs.Select(input => input.Shape)])
            : 0;

    private static int AxisOf(PlanNode slice) => slice.Inputs[0].Shape.Axis(((Slice)slice.Operation).Axis);

    // Only as far as nothing but nodes stands between: parameters may change elsewhere.
    private static PlanNode? SliceThatAloneReads(Program program, List<PlanEntry> entries, int index)
    {
        var value = ((PlanNode)entries[index]).Output;
        if (program.Outputs.Contains(value)) return null;
        PlanNode? reader = null;
        bool apart = false;
        for (int i = index + 1; i < entries.Count; i++)
        {
            apart |= entries[i] is not PlanNode;
            if (entries[i] is BackwardEntry { Loss: var loss } && loss == value) return null;
            if (entries[i] is not PlanNode node || !node.Inputs.Contains(value)) continue;
            if (reader is not null || apart || node.Operation is not Slice) return null;
            reader = node;
        }

        return reader;
    }

    /// <summary>The node over slices of its first inputs, which gives what the slice gave.</summary>
    /// <returns>Where it stands.</returns>
    private static int Exchange(List<PlanEntry> entries, int index, PlanNode slice, int count)
    {
        var node = (PlanNode)entries[index];
        var inputs = (Value[])node.Inputs.Clone();
        entries.Remove(slice);
        for (int i = 0; i < count; i++) inputs[i] = Sliced(entries, ref index, inputs[i], slice);
        entries[index] = new PlanNode(node.Operation, inputs, node.Integers, node.WantsGradient, slice.Outputs);
        return index;
    }

    /// <summary>The same slice of an operand: one for all that read it, as early as can be, so that its producer sees it as its only reader.</summary>
    private static Value Sliced(List<PlanEntry> entries, ref int index, Value operand, PlanNode slice)
    {
        int place = entries[..index].FindLastIndex(entry => entry is not PlanNode node || node.Outputs.Contains(operand)) + 1;
        var earlier = entries[place..index].OfType<PlanNode>().FirstOrDefault(node => node.Operation is Slice && node.Inputs[0] == operand && Equals(node.Operation.Settings, slice.Operation.Settings));
        if (earlier is not null) return earlier.Output;
        var sliced = new PlanNode(slice.Operation, [operand], [], slice.WantsGradient);
        entries.Insert(place, sliced);
        index++;
        return sliced.Output;
    }
}
