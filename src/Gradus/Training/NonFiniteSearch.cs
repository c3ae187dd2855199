using System.Numerics.Tensors;
using Gradus.Graph;

namespace Gradus.Training;

/// <summary>Finds where a batch's first number that is not finite arose, by computing the step again, one operation after the other.</summary>
internal sealed class NonFiniteSearch(Objective objective, long step, int epoch)
{
    private const string Remedy = "Lower the learning rate or clip the gradient";

    public NonFiniteException Explain(TrainingBatch batch)
    {
        for (int i = 0; i < batch.Tensors.Length; i++)
        {
            var tensor = batch.Tensors[i];
            if (FindIn(tensor) is not { } place) continue;
            string which = i switch { 0 => "inputs hold", 1 => "targets hold", _ => $"tensor {i} holds" };
            int row = tensor.Shape.Rank == 0 ? 0 : place / Math.Max(1, tensor.Shape[1..].Count);
            return Failure(null, null, $"the batch's {which} {tensor.Span[place]} in sample {row}: clean the data");
        }

        return FindParameter() ?? FindOperation(batch) ?? Failure(null, null, "the loss was not finite, and is when the batch is computed again");
    }

    /// <summary>A parameter that is not finite: the last one, because backward carries NaN from where it arises to all earlier layers.</summary>
    public NonFiniteException? FindParameter()
    {
        foreach (var (name, tensor) in objective.Model.State().Reverse())
        {
            if (FindIn(tensor) is not { } place) continue;
            string what = $"'{name}' in layer '{LayerOf(name)}' held {tensor.Span[place]} before this step: "
                + $"the gradient of the step before was not finite, or the step was too large. {Remedy}";
            return Failure(LayerOf(name), null, what);
        }

        return null;
    }

    private NonFiniteException? FindOperation(TrainingBatch batch)
    {
        var trace = Trace.Record(() => objective.Loss(objective.Output(batch), batch), symbolic: false);
        var names = objective.Model.State().ToDictionary(named => named.Tensor, named => named.Name, (IEqualityComparer<Tensor>)ReferenceEqualityComparer.Instance);
        string? layer = null;
        bool own = false;
        foreach (var node in trace.Events.Select(recorded => recorded.Node).OfType<Node>())
        {
            string? name = node.Inputs.Select(input => names.GetValueOrDefault(input)).FirstOrDefault(found => found is not null);
            own = name is not null;
            if (own) layer = LayerOf(name!);
            if (node.Outputs.FirstOrDefault(output => FindIn(output) is not null) is not { } output) continue;
            string where = layer is null ? "" : own ? $" of layer '{layer}'" : $" after layer '{layer}'";
            float value = output.Span[FindIn(output)!.Value];
            string what = $"{node.Operation.Name}{where}, output {output.Shape}, gave {value} for finite inputs. {Remedy}";
            return Failure(layer, node.Operation.Name, what);
        }

        return null;
    }

    private static int? FindIn(Tensor tensor)
    {
        ReadOnlySpan<float> values = tensor.Span;
        if (TensorPrimitives.IsFiniteAll(values)) return null;
        int place = 0;
        while (float.IsFinite(values[place])) place++;
        return place;
    }

    private static string LayerOf(string name) => name.Contains('.', StringComparison.Ordinal) ? name[..name.LastIndexOf('.')] : name;

    private NonFiniteException Failure(string? layer, string? operation, string what) => new(step, epoch, layer, operation, what);
}
