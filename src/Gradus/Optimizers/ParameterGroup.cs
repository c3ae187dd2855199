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

    /// <summary>What is added to the loss for these parameters, such as an <see cref="L1Penalty"/>.</summary>
    public IReadOnlyList<Penalty> Penalties { get; set; } = [];

    /// <summary>What these parameters are held to after every step, such as a <see cref="MaxNorm"/>, in this order.</summary>
    public IReadOnlyList<Constraint> Constraints { get; set; } = [];
}
