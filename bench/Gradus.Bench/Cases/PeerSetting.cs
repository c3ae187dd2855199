namespace Bench;

/// <summary>A setting of the peer: environment variables that its process starts with.</summary>
internal sealed record PeerSetting(string Name, IReadOnlyDictionary<string, string> Environment)
{
    private const string Layout = "GRADUS_BENCH_LAYOUT", LastLayout = "channels-last";

    public static readonly PeerSetting Default = new("default", new Dictionary<string, string>());

    /// <summary>
    /// glibc keeps freed blocks instead of returning them to the kernel: without it, every large tensor of every step is
    /// mapped, zeroed by the kernel and unmapped again.
    /// </summary>
    public static readonly PeerSetting TunedAllocator = new("tuned allocator", new Dictionary<string, string>
    {
        ["MALLOC_MMAP_THRESHOLD_"] = "4294967296",
        ["MALLOC_TRIM_THRESHOLD_"] = "17179869184",
        ["MALLOC_TOP_PAD_"] = "268435456",
    });

    /// <summary>
    /// Pictures lie in memory as [n, height, width, channels]. TorchSharp 0.107 has no memory_format argument, but a permuted
    /// view has the same strides, and libtorch's convolutions and pools follow them.
    /// </summary>
    public static readonly PeerSetting ChannelsLast = new("channels last", new Dictionary<string, string> { [Layout] = LastLayout });

    /// <summary>Both: the fastest that TorchSharp offers for convolutions.</summary>
    public static readonly PeerSetting ChannelsLastTuned =
        new("both", TunedAllocator.Environment.Concat(ChannelsLast.Environment).ToDictionary());

    /// <summary>Whether this process was started under a setting with channels last.</summary>
    public static bool IsChannelsLast => System.Environment.GetEnvironmentVariable(Layout) == LastLayout;
}
