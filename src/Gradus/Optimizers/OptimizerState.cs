namespace Gradus;

/// <summary>What an optimizer keeps for one run of a parameter's elements: momentum, second moment, or whatever its rule needs.</summary>
public readonly ref struct OptimizerState
{
    private readonly ReadOnlySpan<Tensor> _tensors;
    private readonly int _start, _length;

    internal OptimizerState(ReadOnlySpan<Tensor> tensors, int start, int length)
    {
        _tensors = tensors;
        (_start, _length) = (start, length);
    }

    /// <summary>The run's part of a kept tensor, one number for each element.</summary>
    /// <param name="index">From 0 to <see cref="Optimizer.StatesPerParameter"/> - 1.</param>
    public Span<float> this[int index] => _tensors[index].Span.Slice(_start, _length);
}
