using System.Net;
using System.Net.Http.Headers;

namespace Gradus.Data;

/// <summary>
/// Fetches files over HTTP: into <c>NAME.part</c>, resumed where an earlier attempt broke off, checked, and only then given its
/// name. A file that bears its name is whole.
/// </summary>
internal sealed class Downloader
{
    /// <summary>How often a file is tried; between the tries the pause doubles.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The pause after the first failure.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A server that sends nothing for so long is given up; a slow one that sends is not.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(20);

    private static readonly HttpClient Client = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) })
    {
        Timeout = Timeout.InfiniteTimeSpan, // Silence decides, not the length of the whole
        DefaultRequestHeaders = { UserAgent = { new ProductInfoHeaderValue("gradus", "0.1") } },
    };

    /// <summary>Fetches <paramref name="file"/> to <paramref name="path"/>.</summary>
    /// <exception cref="InvalidDataException">The server's file is another one than it should be.</exception>
    /// <exception cref="HttpRequestException">The server does not answer, or refuses.</exception>
    /// <exception cref="IOException">The disk is full or not writable, or another process fetches the same file.</exception>
    public async Task FetchAsync(RemoteFile file, string path, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string part = path + ".part";
        try
        {
            await FetchAsync(file, path, part, progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (File.Exists(part) && new FileInfo(part).Length == 0) File.Delete(part); // nothing to resume
        }
    }

    private async Task FetchAsync(RemoteFile file, string path, string part, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var pause = Pause;
        for (int attempt = 1; ; attempt++, pause *= 2)
        {
            try
            {
                await ReceiveAsync(file, part, progress, cancellationToken).ConfigureAwait(false);
                file.Verify(part);
                File.Move(part, path, overwrite: true);
                return;
            }
            catch (InvalidDataException) when (attempt < Attempts)
            {
                File.Delete(part); // what was resumed may be of another file: begin anew
            }
            catch (InvalidDataException)
            {
                File.Delete(part);
                throw;
            }
            catch (IOException exception) when (AtomicFile.IsDiskFull(exception))
            {
                File.Delete(part);
                throw AtomicFile.DiskFull(path, exception);
            }
            catch (Exception exception) when (attempt < Attempts && MayPass(exception, cancellationToken))
            {
                // The part stays: the next attempt goes on where this one broke off.
            }
            catch (Exception exception) when (exception is HttpIOException or TimeoutException)
            {
                throw new HttpRequestException($"{file.Address}: {exception.Message}", exception);
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool MayPass(Exception exception, CancellationToken cancellationToken) => !cancellationToken.IsCancellationRequested && exception switch
    {
        HttpRequestException { StatusCode: { } status } => (int)status >= 500 || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout,
        // No network: the user should not wait for what will not come.
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } or HttpRequestException { InnerException: TimeoutException } => false,
        HttpRequestException or HttpIOException or TimeoutException => true,
        _ => false,
    };

    private async Task ReceiveAsync(RemoteFile file, string part, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        using var target = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0);
        if (target.Length > file.Length) target.SetLength(0);
        long have = target.Length;
        if (have == file.Length) return;

        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(Silence);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, file.Address);
            if (have > 0) request.Headers.Range = new RangeHeaderValue(have, null);
            using var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                throw new InvalidDataException($"{file.Address.Host} has a shorter {file.Name} than the {file.Length} bytes expected.");
            if (!response.IsSuccessStatusCode)
                throw new HttpRequestException(
                    $"{file.Address} answers {(int)response.StatusCode} {response.ReasonPhrase}.", null, response.StatusCode);
            if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != have) target.SetLength(have = 0);
            target.Position = have;

            using var body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            var buffer = new byte[1 << 16];
            while (true)
            {
                progress?.Report(new DownloadProgress(file.Name, have, file.Length));
                silence.CancelAfter(Silence);
                int read = await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
                if (read == 0) break;
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                have += read;
                if (have > file.Length)
                    throw new InvalidDataException($"{file.Address.Host} sends more than the {file.Length} bytes that {file.Name} should have.");
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (!silence.IsCancellationRequested)
                throw new HttpRequestException(
                    $"{file.Address.Host} does not answer.", exception.InnerException as TimeoutException ?? new TimeoutException());
            throw new TimeoutException($"nothing came for {Silence.TotalSeconds:0.#} seconds");
        }

        if (have < file.Length)
            throw new HttpIOException(HttpRequestError.ResponseEnded, $"the connection ended after {have} of {file.Length} bytes");
        target.Flush(flushToDisk: true);
    }
}
