using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gradus.Data.Tests;

/// <summary>A small HTTP server on loopback that misbehaves as it is told.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<Request, Stream, Task> _answer;
    private int _requests;

    /// <summary>One request: how many came before it, its path, and where the wanted range begins.</summary>
    internal sealed record Request(int Number, string Path, int? From);

    public LoopbackServer(Func<Request, Stream, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public int Requests => _requests;

    public void Dispose() => _listener.Stop();

    public static async Task SendAsync(Stream stream, string status, byte[] body, long? declared = null, string headers = "")
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {declared ?? body.Length}\r\nConnection: close\r\n{headers}\r\n"));
        await stream.WriteAsync(body);
    }

    /// <summary>Answers as a good server does, ranges included.</summary>
    public static Task SendFileAsync(Request request, Stream stream, byte[] file) => request.From is { } from
        ? SendAsync(stream, "206 Partial Content", file[from..], headers: $"Content-Range: bytes {from}-{file.Length - 1}/{file.Length}\r\n")
        : SendAsync(stream, "200 OK", file);

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                string path = (await reader.ReadLineAsync())!.Split(' ')[1];
                int? from = null;
                while (await reader.ReadLineAsync() is { Length: > 0 } header)
                {
                    if (header.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase)) from = int.Parse(header["Range: bytes=".Length..].TrimEnd('-'));
                }

                await _answer(new Request(Interlocked.Increment(ref _requests) - 1, path, from), stream);
                client.Client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                // The other side has gone.
            }
        }
    }
}
