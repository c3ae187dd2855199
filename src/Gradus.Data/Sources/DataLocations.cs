namespace Gradus.Data;

/// <summary>Where data sets are looked for, in this order: the user's folder, the cache, Debian's packages, the Internet.</summary>
public sealed record DataLocations
{
    /// <summary>The user's own folder of data: what <c>GRADUS_DATA</c> names; null if it is not set.</summary>
    public string? UserFolder { get; init; }

    /// <summary>Where downloads and decoded pictures are kept: <c>$XDG_CACHE_HOME/gradus</c>, else <c>~/.cache/gradus</c>.</summary>
    public required string Cache { get; init; }

    /// <summary>Where Debian's data packages install their files.</summary>
    public string DebianFolder { get; init; } = "/usr/share/datasets";

    /// <summary>May packages be fetched by <c>apt-get</c>? Off where there is none.</summary>
    public bool UseApt { get; init; } = DebianPackage.IsAvailable;

    /// <summary>May the official addresses be asked?</summary>
    public bool UseInternet { get; init; } = true;

    /// <summary>The places that this process' environment names.</summary>
    public static DataLocations FromEnvironment()
    {
        // The XDG standard says that a relative path is to be ignored.
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named && Path.IsPathRooted(named)
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache");
        return new DataLocations
        {
            UserFolder = Environment.GetEnvironmentVariable("GRADUS_DATA") is { Length: > 0 } folder ? folder : null,
            Cache = Path.Combine(cache, "gradus"),
        };
    }

    /// <summary>The folders that may hold the files of <paramref name="set"/>, first the one that counts most.</summary>
    internal IEnumerable<DatasetLocation> Folders(string set)
    {
        if (UserFolder is not null)
        {
            yield return new DatasetLocation("GRADUS_DATA", Path.Combine(UserFolder, set));
            yield return new DatasetLocation("GRADUS_DATA", UserFolder);
        }

        yield return new DatasetLocation("cache", Path.Combine(Cache, set));
        yield return new DatasetLocation("Debian package", Path.Combine(DebianFolder, set));
    }
}
