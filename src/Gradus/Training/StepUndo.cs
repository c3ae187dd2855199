namespace Gradus.Training;

/// <summary>What a forward pass changes besides its outputs, remembered before each step: running statistics and random positions.</summary>
internal sealed class StepUndo(Layer model, RandomSource[] randomSources)
{
    private readonly ulong[] _positions = new ulong[randomSources.Length];
    private readonly (Tensor Buffer, float[] Copy)[] _buffers = [.. model.NamedBuffers().Select(named => (named.Buffer, new float[named.Buffer.Count]))];

    public void Remember()
    {
        for (int i = 0; i < _positions.Length; i++) _positions[i] = randomSources[i].Position;
        foreach (var (buffer, copy) in _buffers) buffer.Span.CopyTo(copy);
    }

    public void Restore()
    {
        for (int i = 0; i < _positions.Length; i++) randomSources[i].Position = _positions[i];
        foreach (var (buffer, copy) in _buffers) copy.CopyTo(buffer.Span);
        Parameter.NoteChange();
    }
}
