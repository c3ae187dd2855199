namespace Gradus;

/// <summary>A tensor that training changes: <see cref="Tensor.RequiresGradient"/> is true.</summary>
public sealed class Parameter : Tensor
{
    /// <summary>A parameter of zeros.</summary>
    public Parameter(Shape shape) : base(shape) => RequiresGradient = true;

    /// <summary>A parameter of zeros.</summary>
    public static new Parameter Zeros(Shape shape) => new(shape);

    /// <summary>A parameter of ones.</summary>
    public static new Parameter Ones(Shape shape)
    {
        var parameter = new Parameter(shape);
        parameter.Span.Fill(1);
        return parameter;
    }
}
