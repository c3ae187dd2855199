using System.Diagnostics;
using System.Security.Cryptography;

namespace Gradus.Data.Tests;

/// <summary>On a tmpfs of one megabyte, which only root may mount.</summary>
public class FullDiskTests
{
    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task OnSmallDisk(Func<TemporaryFolder, Task> test)
    {
        using var folder = new TemporaryFolder();
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.Path), "mounting a tmpfs is not permitted here");
        try
        {
            await test(folder);
        }
        finally
        {
            Run("umount", folder.Path);
        }
    }

    [Fact]
    public Task A_download_that_fills_the_disk_says_so_and_leaves_nothing() => OnSmallDisk(async folder =>
    {
        byte[] content = new byte[3 << 20];
        using var server = new LoopbackServer((request, stream) => LoopbackServer.SendFileAsync(request, stream, content));
        var file = new RemoteFile(new Uri(server.Address, "big.bin"), content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));
        var exception = await Assert.ThrowsAsync<IOException>(() => new Downloader().FetchAsync(file, folder["big.bin"], null, TestContext.Current.CancellationToken));
        Assert.Contains("No space left on the disk", exception.Message);
        Assert.Empty(folder.Files);
    });

    [Fact]
    public Task A_decoded_cache_that_finds_no_room_is_left_out() => OnSmallDisk(folder =>
    {
        var set = new InMemoryDataset("big", new byte[3 << 20], new byte[3], ["a"], 1, 1024, 1024);
        var (train, _) = DecodedCache.GetOrLoad(folder["decoded.raw"], [], () => (set, null));
        Assert.Same(set, train);
        Assert.Empty(folder.Files);
        return Task.CompletedTask;
    });
}
