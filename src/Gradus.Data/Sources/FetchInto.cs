namespace Gradus.Data;

/// <summary>Fetches a data set's files into a folder; each appears there whole or not at all.</summary>
/// <param name="folder">The set's folder in the cache.</param>
/// <param name="progress">Hears how much of each file has come.</param>
/// <param name="cancellationToken">Stops the fetching.</param>
public delegate Task FetchInto(string folder, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken);
