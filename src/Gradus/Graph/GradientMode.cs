namespace Gradus.Graph;

/// <summary>Whether operations are remembered for <see cref="Tensor.Backward"/> on this thread.</summary>
public static class GradientMode
{
    [ThreadStatic] private static int _off;

    /// <summary>True unless the thread is inside a <see cref="Off"/> scope.</summary>
    public static bool IsOn => _off == 0;

    /// <summary>Remembers nothing until the scope is disposed: for evaluation.</summary>
    /// <example><code>using (GradientMode.Off()) logits = model.Forward(images);</code></example>
    public static Scope Off()
    {
        _off++;
        return new Scope(1);
    }

    /// <summary>Ends the scope when disposed.</summary>
    public readonly ref struct Scope
    {
        private readonly int _depth;

        internal Scope(int depth) => _depth = depth;

        /// <summary>Ends the scope.</summary>
        public void Dispose() => _off -= _depth;
    }
}
