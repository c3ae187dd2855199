namespace Gradus.Training;

/// <summary>A training met NaN or infinity; the message says where it began. The parameters and the last checkpoint are those from before.</summary>
public sealed class NonFiniteException : ArithmeticException
{
    internal NonFiniteException(long step, int epoch, string? layer, string? operation, string what)
        : base($"step {step}, epoch {epoch}: {what}") => (Step, Epoch, Layer, Operation) = (step, epoch, layer, operation);

    /// <summary>The step that failed, from 1.</summary>
    public long Step { get; }

    /// <summary>The epoch that failed, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The name of the layer where it began; null if it was in the inputs, or could not be found.</summary>
    public string? Layer { get; }

    /// <summary>The operation where it began; null if it was in the inputs or in a parameter.</summary>
    public string? Operation { get; }
}
