using System.ComponentModel;
using System.Diagnostics;

namespace Gradus.Data;

/// <summary>Fetches a Debian package with <c>apt-get</c> and unpacks it, as any user, without installing it.</summary>
/// <remarks>
/// The system's package lists may be empty or old and only root may renew them, so apt gets a state folder of its own. apt checks
/// the package's hash against the signed release.
/// </remarks>
internal static class DebianPackage
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly string[] Programs = ["apt-get", "dpkg-deb"];

    /// <summary>Are the two programs there?</summary>
    public static bool IsAvailable => Programs.All(program =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))));

    /// <summary>Fetches <paramref name="package"/> and puts those of its files that lie in <paramref name="source"/> into <paramref name="target"/>.</summary>
    /// <param name="package">The package's name.</param>
    /// <param name="source">A folder inside the package, such as <c>usr/share/datasets/fashion-mnist</c>.</param>
    /// <param name="target">Each file appears there whole or not at all.</param>
    /// <param name="verify">Looks at each file before it appears; throws if it is not as it should be.</param>
    /// <param name="progress">Hears how much of the package has come.</param>
    /// <param name="cancellationToken">Ends apt.</param>
    /// <exception cref="IOException">apt does not know the package, or has no network, or the disk is full.</exception>
    public static async Task FetchAsync(string package, string source, string target, Action<string> verify,
        IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target);
        var work = Directory.CreateDirectory(Path.Combine(target, $".{package}.{Guid.NewGuid():N}")); // on the target's disk: files are renamed into place
        try
        {
            string[] options = Options(work.FullName);
            progress?.Report(new DownloadProgress($"{package} (package lists)", 0, null));
            await RunAsync("apt-get", [.. options, "update"], work, null, cancellationToken).ConfigureAwait(false);
            string listing = await RunAsync("apt-get", [.. options, "--print-uris", "download", package], work, null, cancellationToken).ConfigureAwait(false);
            long? size = long.TryParse(listing.Split(' ').ElementAtOrDefault(2), out long bytes) ? bytes : null; // 'URI' NAME SIZE HASH
            void Report() => progress?.Report(new DownloadProgress(package, work.EnumerateFiles("*.deb").Sum(f => f.Length), size));
            await RunAsync("apt-get", [.. options, "download", package], work, Report, cancellationToken).ConfigureAwait(false);
            Report();

            string archive = work.EnumerateFiles("*.deb").FirstOrDefault()?.FullName ?? throw new IOException($"apt-get downloaded no package {package}");
            string unpacked = Path.Combine(work.FullName, "unpacked");
            await RunAsync("dpkg-deb", ["-x", archive, unpacked], work, null, cancellationToken).ConfigureAwait(false);
            string[] files = Directory.GetFiles(Path.Combine(unpacked, source));
            foreach (string file in files) verify(file);
            foreach (string file in files)
                File.Move(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static string[] Options(string work)
    {
        Directory.CreateDirectory(Path.Combine(work, "state/lists/partial"));
        Directory.CreateDirectory(Path.Combine(work, "cache/archives/partial"));
        string[] settings =
        [
            $"Dir::State={work}/state", "Dir::State::status=/var/lib/dpkg/status", $"Dir::Cache={work}/cache",
            "Acquire::Languages=none", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false", // the package index alone: 9 of 14 MB
            "Acquire::http::Timeout=10", "Acquire::https::Timeout=10", "Acquire::Retries=0", // without network the next source is asked soon
            "APT::Update::Error-Mode=any", // else a machine without network gets a success and an unknown package
        ];
        return [.. settings.SelectMany(setting => new[] { "-o", setting })];
    }

    private static async Task<string> RunAsync(string program, string[] arguments, DirectoryInfo folder, Action? report, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment = { ["LC_ALL"] = "C", ["DEBIAN_FRONTEND"] = "noninteractive" },
        };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var process = Process.Start(start) ?? throw new IOException($"{program} does not start");
            process.StandardInput.Close();
            using var kill = patience.Token.Register(() => process.Kill(entireProcessTree: true));
            using var ticker = report is null ? null : new Timer(_ => report(), null, 200, 200);
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            string errors = await process.StandardError.ReadToEndAsync(CancellationToken.None).ConfigureAwait(false);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (patience.IsCancellationRequested)
                throw new IOException($"{program} {arguments[^1]} did not end within {Patience.TotalMinutes:0} minutes");
            if (process.ExitCode == 0) return await output.ConfigureAwait(false);
            string reason = errors.Split('\n').FirstOrDefault(line => line.StartsWith("E:", StringComparison.Ordinal)) ?? errors.Trim().Split('\n')[^1];
            throw new IOException($"{program} says '{reason.Trim()}'");
        }
        catch (Win32Exception exception)
        {
            throw new IOException($"{program} does not start: {exception.Message}", exception);
        }
    }
}
