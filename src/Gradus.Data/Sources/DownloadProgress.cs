namespace Gradus.Data;

/// <summary>How far the fetching of one file is.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Received">Bytes that are there, those of an earlier, interrupted attempt included.</param>
/// <param name="Total">Bytes of the whole file; null if nobody knows.</param>
public readonly record struct DownloadProgress(string File, long Received, long? Total);
