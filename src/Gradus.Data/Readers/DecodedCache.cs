using System.Text;

namespace Gradus.Data;

/// <summary>
/// Keeps the decoded pictures of a slow origin (50,000 JPEG files, a compressed archive) as one raw file, so that the next load
/// is one sequential read.
/// </summary>
internal static class DecodedCache
{
    private const string Magic = "Gradus decoded pictures 1";

    /// <summary>The sets kept in <paramref name="file"/> for these origins, or else what <paramref name="load"/> gives, then kept.</summary>
    /// <remarks>A file that is damaged, or of origins that have changed since, is made anew; where it cannot be written, that is no failure.</remarks>
    public static (InMemoryDataset Train, InMemoryDataset? Test) GetOrLoad(string file, IEnumerable<string> origins,
        Func<(InMemoryDataset Train, InMemoryDataset? Test)> load)
    {
        string key = string.Join('\n', origins.Select(path => new FileInfo(path)).Select(f => $"{f.FullName}|{f.Length}|{f.LastWriteTimeUtc.Ticks}"));
        if (TryRead(file, key) is { } kept) return kept;
        var loaded = load();
        try
        {
            AtomicFile.Write(file, stream => Write(stream, key, loaded));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full or read-only disk: the next load decodes again.
        }

        return loaded;
    }

    private static (InMemoryDataset, InMemoryDataset?)? TryRead(string file, string key)
    {
        try
        {
            if (!File.Exists(file)) return null;
            using var stream = File.OpenRead(file);
            using var reader = new BinaryReader(stream, Encoding.UTF8);
            if (reader.ReadString() != Magic || reader.ReadString() != key) return null;
            bool hasTest = reader.ReadBoolean();
            var train = ReadSet(reader);
            var test = hasTest ? ReadSet(reader) : null;
            return stream.Position == stream.Length ? (train, test) : null;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or FormatException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static InMemoryDataset ReadSet(BinaryReader reader)
    {
        string name = reader.ReadString();
        int channels = reader.ReadInt32(), height = reader.ReadInt32(), width = reader.ReadInt32();
        string[] classes = [.. Enumerable.Range(0, reader.ReadByte() + 1).Select(_ => reader.ReadString())];
        return new InMemoryDataset(name, pixels: ReadBytes(reader), labels: ReadBytes(reader), classes, channels, height, width);
    }

    private static byte[] ReadBytes(BinaryReader reader)
    {
        int length = reader.ReadInt32();
        if (length < 0 || length > reader.BaseStream.Length - reader.BaseStream.Position)
            throw new InvalidDataException("The cache file is damaged.");
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        reader.BaseStream.ReadExactly(bytes);
        return bytes;
    }

    private static void Write(Stream stream, string key, (InMemoryDataset Train, InMemoryDataset? Test) sets)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(key);
        writer.Write(sets.Test is not null);
        foreach (var set in new[] { sets.Train, sets.Test }.OfType<InMemoryDataset>())
        {
            writer.Write(set.Name);
            writer.Write(set.Channels);
            writer.Write(set.Height);
            writer.Write(set.Width);
            writer.Write((byte)(set.Classes - 1)); // 1 ... 256
            foreach (string name in set.ClassNames) writer.Write(name);
            writer.Write(set.Pixels.Length);
            writer.Write(set.Pixels);
            writer.Write(set.Labels.Length);
            writer.Write(set.Labels);
        }
    }
}
