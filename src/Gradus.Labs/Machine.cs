using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gradus.Labs;

/// <summary>What figures of time depend on.</summary>
public static class Machine
{
    /// <summary>The processor's name; null where the system does not say.</summary>
    public static string? Processor { get; } = ReadProcessor();

    /// <summary>The width of the vectors that kernels use; 0 for none.</summary>
    public static int VectorBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector.IsHardwareAccelerated ? 128 : 0;

    /// <summary>Processor, cores, vectors, system and runtime in one line.</summary>
    public static string Description { get; } =
        $"{Processor ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores, {VectorBits}-bit vectors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    private static string? ReadProcessor()
    {
        const string Information = "/proc/cpuinfo";
        if (!File.Exists(Information)) return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        return File.ReadLines(Information).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
    }
}
