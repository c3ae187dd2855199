using System.Security.Cryptography;

namespace Gradus.Data.Tests;

public class DownloaderTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i >> 7))];
    private static readonly Downloader Hasty = new() { Pause = TimeSpan.FromMilliseconds(1), Silence = TimeSpan.FromSeconds(30) };

    private sealed class Heard : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> All { get; } = [];
        public void Report(DownloadProgress value) => All.Add(value);
    }

    private static RemoteFile Wanted(LoopbackServer server) => new(new Uri(server.Address, "set.bin"), Content.Length, Convert.ToHexStringLower(SHA256.HashData(Content)));

    private static Task Fetch(LoopbackServer server, TemporaryFolder folder, Downloader? downloader = null, IProgress<DownloadProgress>? progress = null) =>
        (downloader ?? Hasty).FetchAsync(Wanted(server), folder["set.bin"], progress, TestContext.Current.CancellationToken);

    private static void IsWhole(TemporaryFolder folder)
    {
        Assert.Equal(["set.bin"], folder.Files);
        Assert.Equal(Content, File.ReadAllBytes(folder["set.bin"]));
    }

    [Fact]
    public async Task A_file_comes_whole_and_its_progress_is_told()
    {
        using var folder = new TemporaryFolder();
        using var server = new LoopbackServer((request, stream) => LoopbackServer.SendFileAsync(request, stream, Content));
        var heard = new Heard();
        await Fetch(server, folder, progress: heard);
        IsWhole(folder);
        Assert.Equal(new DownloadProgress("set.bin", Content.Length, Content.Length), heard.All[^1]);
        Assert.Equal(heard.All.Select(p => p.Received).Order(), heard.All.Select(p => p.Received));
    }

    [Fact]
    public async Task A_truncated_answer_is_resumed_where_it_broke_off()
    {
        using var folder = new TemporaryFolder();
        var froms = new List<int?>();
        using var server = new LoopbackServer((request, stream) =>
        {
            froms.Add(request.From);
            return request.Number == 0 ? LoopbackServer.SendAsync(stream, "200 OK", Content[..100_000], Content.Length) : LoopbackServer.SendFileAsync(request, stream, Content);
        });
        await Fetch(server, folder);
        IsWhole(folder);
        Assert.Equal([null, 100_000], froms);
    }

    [Fact]
    public async Task An_always_truncated_answer_fails_and_the_next_call_goes_on()
    {
        using var folder = new TemporaryFolder();
        using (var server = new LoopbackServer((request, stream) =>
            LoopbackServer.SendAsync(stream, request.From is null ? "200 OK" : "503 Busy", request.From is null ? Content[..120_000] : [], Content.Length)))
        {
            Assert.Contains("503", (await Assert.ThrowsAsync<HttpRequestException>(() => Fetch(server, folder))).Message);
            Assert.Equal(["set.bin.part"], folder.Files);
        }

        using var good = new LoopbackServer((request, stream) =>
        {
            Assert.Equal(120_000, request.From);
            return LoopbackServer.SendFileAsync(request, stream, Content);
        });
        await Fetch(good, folder);
        IsWhole(folder);
    }

    [Fact]
    public async Task A_server_without_ranges_is_read_from_the_beginning()
    {
        using var folder = new TemporaryFolder();
        folder.Write("set.bin.part", [1, 2, 3]);
        using var server = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(stream, "200 OK", Content));
        await Fetch(server, folder);
        IsWhole(folder);
    }

    [Fact]
    public async Task A_wrong_part_of_an_earlier_attempt_is_thrown_away()
    {
        using var folder = new TemporaryFolder();
        folder.Write("set.bin.part", new byte[5000]);
        using var server = new LoopbackServer((request, stream) => LoopbackServer.SendFileAsync(request, stream, Content));
        await Fetch(server, folder);
        IsWhole(folder);
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task A_wrong_checksum_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        byte[] other = [.. Content];
        other[1234]++;
        using var server = new LoopbackServer((request, stream) => LoopbackServer.SendFileAsync(request, stream, other));
        Assert.Contains("SHA-256", (await Assert.ThrowsAsync<InvalidDataException>(() => Fetch(server, folder))).Message);
        Assert.Empty(folder.Files);
    }

    [Fact]
    public async Task A_file_that_is_too_long_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        using var server = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(stream, "200 OK", [.. Content, 1]));
        Assert.Contains("more than", (await Assert.ThrowsAsync<InvalidDataException>(() => Fetch(server, folder))).Message);
        Assert.Empty(folder.Files);
    }

    [Theory, InlineData("404 Not Found", 1), InlineData("500 Oops", 4)]
    public async Task A_refusal_is_told_and_only_what_may_pass_is_tried_again(string status, int requests)
    {
        using var folder = new TemporaryFolder();
        using var server = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(stream, status, []));
        Assert.Contains(status[..3], (await Assert.ThrowsAsync<HttpRequestException>(() => Fetch(server, folder))).Message);
        Assert.Equal(requests, server.Requests);
        Assert.DoesNotContain("set.bin", folder.Files);
    }

    [Fact]
    public async Task A_slow_server_that_goes_on_sending_is_waited_for()
    {
        using var folder = new TemporaryFolder();
        using var server = new LoopbackServer(async (_, stream) =>
        {
            await LoopbackServer.SendAsync(stream, "200 OK", [], Content.Length);
            foreach (byte[] piece in Content.Chunk(60_000))
            {
                await stream.WriteAsync(piece, TestContext.Current.CancellationToken);
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        });
        await Fetch(server, folder);
        IsWhole(folder);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task A_silent_server_is_given_up_and_what_came_is_kept()
    {
        using var folder = new TemporaryFolder();
        using var server = new LoopbackServer(async (request, stream) =>
        {
            if (request.From is null) await LoopbackServer.SendAsync(stream, "200 OK", Content[..50_000], Content.Length);
            await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
        });
        var impatient = new Downloader { Attempts = 2, Pause = TimeSpan.FromMilliseconds(1), Silence = TimeSpan.FromMilliseconds(300) };
        Assert.Contains("nothing came", (await Assert.ThrowsAsync<HttpRequestException>(() => Fetch(server, folder, impatient))).Message);
        Assert.Equal(50_000, new FileInfo(folder["set.bin.part"]).Length);
    }

    [Fact]
    public async Task A_cancelled_download_stops_at_once_and_keeps_what_came()
    {
        using var folder = new TemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        using var server = new LoopbackServer(async (_, stream) =>
        {
            await LoopbackServer.SendAsync(stream, "200 OK", Content[..50_000], Content.Length);
            await Task.Delay(100, TestContext.Current.CancellationToken);
            await cancellation.CancelAsync();
            await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Hasty.FetchAsync(Wanted(server), folder["set.bin"], null, cancellation.Token));
        Assert.Equal(["set.bin.part"], folder.Files);
    }

    [Fact]
    public async Task Nobody_listening_is_told()
    {
        using var folder = new TemporaryFolder();
        await Assert.ThrowsAsync<HttpRequestException>(() => new Downloader { Attempts = 1 }.FetchAsync(
            new RemoteFile(new Uri("http://127.0.0.1:9/set.bin"), 5, ""), folder["set.bin"], null, TestContext.Current.CancellationToken));
        Assert.Empty(folder.Files);
    }
}
