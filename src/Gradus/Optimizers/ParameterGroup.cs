namespace Gradus;

/// <summary>Parameters that are trained with the same settings.</summary>
public sealed class ParameterGroup(IEnumerable<Parameter> parameters)
{
    /// <summary>The parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get; } = [.. parameters];

    /// <summary>The step size; schedules change it between steps.</summary>
    public float LearningRate { get; set; }

    /// <summary>The weight decay's coefficient; 0 for none.</summary>
    public float WeightDecay { get; set; }
}
