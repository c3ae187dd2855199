namespace Gradus.Graph;

/// <summary>What a model is made of, for samples of a given shape: found by recording one forward pass without computing it.</summary>
public sealed class ModelSummary
{
    private ModelSummary(List<ModelSummaryRow> rows) => Rows = rows;

    /// <summary>The operations in the order in which they run.</summary>
    public IReadOnlyList<ModelSummaryRow> Rows { get; }

    /// <summary>All parameters' elements.</summary>
    public long Parameters => Rows.Sum(row => row.Parameters);

    /// <summary>Multiply-adds of one forward pass of one sample.</summary>
    public long MultiplyAdds => Rows.Sum(row => row.MultiplyAdds);

    /// <summary>Bytes of all outputs for one sample: what training must keep at most.</summary>
    public long ActivationBytes => Rows.Sum(row => row.IsView ? 0 : (long)row.Output.Count * sizeof(float));

    /// <summary>Summarises a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sample">The shape of one sample, without the batch.</param>
    /// <exception cref="ShapeException">The model cannot take such samples.</exception>
    public static ModelSummary Of(Layer model, Shape sample)
    {
        ArgumentNullException.ThrowIfNull(model);
        var names = new Dictionary<Tensor, string>(ReferenceEqualityComparer.Instance);
        foreach (var (name, parameter) in model.NamedParameters()) names.TryAdd(parameter, name);
        var counted = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var input = new Tensor(Shape.Of([1, .. sample.Sizes]), array: null, 0);
        var trace = Trace.Record(() => model.Forward(input), symbolic: true);
        return new ModelSummary([.. trace.Events.Where(traced => traced.Node is not null).Select(traced => Row(traced.Node!, names, counted))]);
    }

    private static ModelSummaryRow Row(Node node, Dictionary<Tensor, string> names, HashSet<Tensor> counted)
    {
        var owned = node.Inputs.Where(names.ContainsKey).ToArray();
        string layer = owned.Length > 0 ? LayerOf(names[owned[0]]) : "";
        long parameters = owned.Where(counted.Add).Sum(parameter => (long)parameter.Count); // a shared parameter counts once
        return new ModelSummaryRow(
            layer,
            node.Operation.Name,
            node.Outputs[0].Shape,
            parameters,
            node.Operation.MultiplyAdds([.. node.Inputs.Select(input => input.Shape)], node.Outputs[0].Shape),
            node.Signature.IsView);
    }

    private static string LayerOf(string parameter) => parameter.Contains('.', StringComparison.Ordinal) ? parameter[..parameter.LastIndexOf('.')] : parameter;
}

/// <summary>One operation of a model.</summary>
/// <param name="Layer">The layer whose parameters it reads, by its name in the model; empty if none.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Output">The output's shape for one sample, batch of 1 included.</param>
/// <param name="Parameters">Elements of the parameters that it reads and no earlier row has counted.</param>
/// <param name="MultiplyAdds">Multiply-adds of one forward pass of one sample.</param>
/// <param name="IsView">True if the output is the input's memory under another shape.</param>
public sealed record ModelSummaryRow(string Layer, string Operation, Shape Output, long Parameters, long MultiplyAdds, bool IsView);
