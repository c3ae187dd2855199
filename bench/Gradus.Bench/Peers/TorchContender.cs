using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Bench.Peers;

/// <summary>What every TorchSharp contender shares: threads, a seed, and a scope that frees a step's tensors at once.</summary>
internal abstract class TorchContender : Contender
{
    public sealed override void Prepare(Sizes sizes, int threads)
    {
        set_num_threads(threads);
        set_num_interop_threads(1);
        manual_seed(1);
        Build(sizes);
    }

    public sealed override void Step()
    {
        using var scope = NewDisposeScope();
        Work();
    }

    protected abstract void Build(Sizes sizes);

    protected abstract void Work();
}

/// <summary>A step of training on one batch: forward, loss, backward, update.</summary>
/// <remarks>Operations are called directly, without modules: a module's call costs TorchSharp microseconds that a tiny model feels.</remarks>
internal abstract class TorchTraining : TorchContender
{
    private readonly List<Parameter> _parameters = [];
    private optim.Optimizer _optimizer = null!;

    protected abstract Tensor Loss();

    protected virtual optim.Optimizer Optimize(IEnumerable<Parameter> parameters) => optim.Adam(parameters);

    /// <summary>A parameter, uniform in ±1/sqrt(<paramref name="fanIn"/>), which is libtorch's own default.</summary>
    protected Tensor NewParameter(int fanIn, params long[] shape)
    {
        var parameter = new Parameter((rand(shape) * 2 - 1) / Math.Sqrt(fanIn));
        _parameters.Add(parameter);
        return parameter;
    }

    protected void Own(nn.Module module) => _parameters.AddRange(module.parameters());

    protected sealed override void Work()
    {
        _optimizer ??= Optimize(_parameters);
        foreach (var parameter in _parameters) parameter.grad = null; // the optimiser's own zero_grad writes zeros, which costs a tenth of a tiny step
        Loss().backward();
        _optimizer.step();
    }
}
