using System.Reflection;
using System.Runtime.InteropServices;
using Gradus.Labs;

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
        processor = Machine.Processor,
        cores = Environment.ProcessorCount,
        vector_bits = Machine.VectorBits,
        finished = DateTimeOffset.Now,
    });
}
