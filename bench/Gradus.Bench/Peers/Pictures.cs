using static TorchSharp.torch;

namespace Bench.Peers;

/// <summary>Random pictures in the memory layout that the peer's setting names.</summary>
internal static class Pictures
{
    /// <summary>Pictures [count, channels, side, side]; where channels come last in memory, libtorch's convolutions follow that layout.</summary>
    public static Tensor Batch(int count, int channels, int side) =>
        PeerSetting.IsChannelsLast
            ? rand(count, side, side, channels).permute(0, 3, 1, 2)
            : rand(count, channels, side, side);
}
