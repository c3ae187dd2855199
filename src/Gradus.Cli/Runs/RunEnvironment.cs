using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gradus.Cli.Runs;

/// <summary>What <c>environment.json</c> holds: where and how a run was made.</summary>
internal static class RunEnvironment
{
    public static void Write(string path, ulong seed, int threads, string model, string data, string note) => RunFolder.WriteJson(path, new
    {
        command = $"gradus {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}",
        model,
        data,
        note,
        seed,
        threads,
        gradus = typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
        dotnet = RuntimeInformation.FrameworkDescription,
        system = RuntimeInformation.OSDescription,
        architecture = RuntimeInformation.ProcessArchitecture.ToString(),
        processor = Processor(),
        cores = Environment.ProcessorCount,
        vector_bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector.IsHardwareAccelerated ? 128 : 0,
        finished = DateTimeOffset.Now,
    });

    private static string? Processor()
    {
        const string Information = "/proc/cpuinfo";
        if (!File.Exists(Information)) return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        return File.ReadLines(Information).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
    }
}
