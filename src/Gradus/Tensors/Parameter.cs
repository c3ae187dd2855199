namespace Gradus;

/// <summary>A tensor that training changes: <see cref="Tensor.RequiresGradient"/> is true.</summary>
public sealed class Parameter : Tensor
{
    private static long _version;

    /// <summary>How often optimizers have stepped and states were loaded in this process: inference plans prepare anew when it has grown.</summary>
    internal static long Version => Interlocked.Read(ref _version);

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

    /// <summary>To be called after parameters or running statistics have changed.</summary>
    internal static void NoteChange() => Interlocked.Increment(ref _version);
}
