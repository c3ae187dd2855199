using System.Formats.Tar;
using Microsoft.Win32.SafeHandles;

namespace Gradus.Data;

/// <summary>One picture that waits to be decoded: a file of its own, or a stretch of an archive.</summary>
/// <param name="Path">What errors call it.</param>
/// <param name="Class">The folder that it lies in.</param>
/// <param name="Name">Its file name.</param>
/// <param name="IsTest">It lies below <c>test/</c>.</param>
/// <param name="Archive">The open archive; null for a file of its own.</param>
/// <param name="Offset">Where it begins in the archive.</param>
/// <param name="Length">Its length in the archive.</param>
internal sealed record PictureFile(string Path, string Class, string Name, bool IsTest, SafeFileHandle? Archive = null, long Offset = 0, int Length = 0)
{
    public static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".pgm", ".bmp", ".webp"];

    public Picture Decode()
    {
        if (Archive is null) return Picture.Load(Path);
        var bytes = new byte[Length];
        int read = RandomAccess.Read(Archive, bytes, Offset);
        if (read < Length) throw new InvalidDataException($"{Path} is truncated: the archive ends {Length - read} bytes too early.");
        return Picture.Decode(bytes, Path);
    }

    /// <summary>The pictures in class folders below <paramref name="path"/>, a folder or a <c>.tar</c> file.</summary>
    public static List<PictureFile> List(string path)
    {
        try
        {
            if (File.Exists(path)) return ListArchive(path);
            if (Directory.Exists(path)) return ListFolder(path);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{path} cannot be read: {exception.Message}", exception);
        }

        throw new DirectoryNotFoundException($"There is no folder or archive {path}.");
    }

    private static List<PictureFile> ListFolder(string folder)
    {
        var files = new List<PictureFile>();
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (Classify(folder, System.IO.Path.GetRelativePath(folder, file)) is { } found) files.Add(found with { Path = file });
        }

        return files;
    }

    private static List<PictureFile> ListArchive(string path)
    {
        var archive = File.OpenHandle(path, options: FileOptions.RandomAccess); // whoever decodes the pictures closes it
        long size = RandomAccess.GetLength(archive);
        using var stream = File.OpenRead(path);
        var files = new List<PictureFile>();
        try
        {
            using var reader = new TarReader(stream, leaveOpen: true);
            while (reader.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) continue;
                if (Classify(path, entry.Name) is not { } found) continue;
                if (entry.Length == 0 || entry.Length > Array.MaxLength || entry.DataOffset + entry.Length > size)
                    throw new InvalidDataException(
                        $"{found.Path} is truncated or empty: {entry.Length} bytes at {entry.DataOffset} of an archive of {size}.");
                files.Add(found with { Archive = archive, Offset = entry.DataOffset, Length = (int)entry.Length });
            }
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException or ArgumentException
            or OverflowException or NotSupportedException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is not a tar archive, or is damaged or compressed: {exception.Message}", exception);
        }
        catch (InvalidDataException exception) when (!exception.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path} is not a tar archive, or is damaged or compressed: {exception.Message}", exception);
        }

        return files;
    }

    // [...]/[train|test]/CLASS/NAME; null for what is no picture; hidden files (macOS writes ._NAME beside NAME) are none.
    private static PictureFile? Classify(string root, string relativePath)
    {
        string[] parts = relativePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || parts[^1].StartsWith('.') || parts.Contains("__MACOSX")) return null;
        if (!Extensions.Contains(System.IO.Path.GetExtension(parts[^1]).ToLowerInvariant())) return null;

        string path = $"{root}/{relativePath}";
        string folder = parts.Length > 1 ? parts[^2] : ".";
        if (folder is "." or "train" or "test")
            throw new InvalidDataException(
                $"{path} lies in no class folder. Put each class's pictures into a folder of its own, such as {(folder == "." ? "" : folder + "/")}CLASS/{parts[^1]}.");
        return new PictureFile(path, folder, parts[^1], IsTest: parts.Length > 2 && parts[^3] == "test");
    }
}
