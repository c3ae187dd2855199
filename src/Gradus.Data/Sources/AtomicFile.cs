namespace Gradus.Data;

/// <summary>Files that are there completely or not at all.</summary>
internal static class AtomicFile
{
    private const int NoSpaceLeft = 28; // ENOSPC; .NET keeps the system's number in HResult

    /// <summary>Writes to a temporary file beside <paramref name="path"/>, flushes it to the disk and renames it.</summary>
    /// <exception cref="IOException">The disk is full or not writable; nothing is left behind.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException exception) when (IsDiskFull(exception))
        {
            throw DiskFull(path, exception);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public static bool IsDiskFull(IOException exception) => exception.HResult == NoSpaceLeft;

    public static IOException DiskFull(string path, IOException exception) =>
        new($"No space left on the disk for {path}. Free some, or let XDG_CACHE_HOME name a folder on another disk.", exception);
}
