using static TorchSharp.torch;

namespace Bench.Peers;

/// <summary>[m, k] times [k, n] into a new [m, n].</summary>
[Runs("matmul", Side.Peer)]
internal sealed class TorchMatmul : TorchContender
{
    private Tensor _left = null!, _right = null!;

    protected override void Build(Sizes sizes) =>
        (_left, _right) = (rand(sizes["m"], sizes["k"]), rand(sizes["k"], sizes["n"]));

    protected override void Work()
    {
        using var guard = inference_mode();
        _left.mm(_right);
    }
}
