namespace Gradus.Data;

/// <summary>A set of pictures, measurements or texts that has a name: how to find it and how to fetch it.</summary>
public abstract class DataSource
{
    /// <summary>What the user types: lower case with hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>One line for lists: what it holds, how many, which shape.</summary>
    public abstract string Description { get; }

    /// <summary>Who made it and where it is published.</summary>
    public abstract string Origin { get; }

    /// <summary>The terms of use.</summary>
    public abstract string Terms { get; }

    /// <summary>Where the set lies on this machine; null if it must be fetched. Looks at names only, and reads no data.</summary>
    public abstract DatasetLocation? Find(DataLocations locations);

    /// <summary>Fetches the set into the cache, where it is not there yet.</summary>
    /// <exception cref="DatasetUnavailableException">No source answers.</exception>
    public async Task<DatasetLocation> GetAsync(DataLocations locations, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        if (Find(locations) is { } found) return found;
        var tried = new List<string>
        {
            locations.UserFolder is { } folder ? $"{folder} does not have it" : "GRADUS_DATA is not set",
            $"{locations.Cache} does not have it",
        };
        Exception? cause = null;
        foreach (var (name, fetch) in Fetches(locations))
        {
            try
            {
                await fetch(Path.Combine(locations.Cache, Name), progress, cancellationToken).ConfigureAwait(false);
                if (Find(locations) is { } fetched) return fetched;
                tried.Add($"{name}: some files are missing");
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or HttpRequestException or UnauthorizedAccessException)
            {
                tried.Add($"{name}: {exception.Message.TrimEnd('.')}");
                cause = exception;
            }
        }

        throw new DatasetUnavailableException(Name, tried, cause);
    }

    /// <summary>The ways to fetch the set into a folder, the best first; each one has a name for the user.</summary>
    protected virtual IEnumerable<(string Name, FetchInto Fetch)> Fetches(DataLocations locations) => [];

    /// <summary>Fetches files from the Internet, each checked by length and SHA-256; those that are there are kept.</summary>
    internal static async Task DownloadAsync(IEnumerable<RemoteFile> files, string folder,
        IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var downloader = new Downloader();
        foreach (var file in files)
        {
            string path = Path.Combine(folder, file.Name);
            if (!File.Exists(path)) await downloader.FetchAsync(file, path, progress, cancellationToken).ConfigureAwait(false);
        }
    }
}
