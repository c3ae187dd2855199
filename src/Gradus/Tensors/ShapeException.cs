namespace Gradus;

/// <summary>Shapes that do not fit together; the message names them and the way out.</summary>
public sealed class ShapeException(string message) : ArgumentException(message);
