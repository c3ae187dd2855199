namespace Gradus.Data;

/// <summary>The binary version of CIFAR-10: records of one label byte and 3,072 pixel bytes [3, 32, 32].</summary>
/// <remarks>Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html</remarks>
public static class CifarBinary
{
    private const int Side = 32;
    private const int Pixels = 3 * Side * Side;
    private const int Record = 1 + Pixels;

    /// <summary>The ten classes in the order of the labels.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Reads one or more files, such as <c>data_batch_1.bin</c> ... <c>data_batch_5.bin</c>, as one set.</summary>
    /// <exception cref="InvalidDataException">A file is empty, not a whole number of records, or holds a label above 9.</exception>
    public static InMemoryDataset Load(string name, params IReadOnlyList<string> paths)
    {
        var files = paths.Select(path => new FileInfo(path)).ToArray();
        foreach (var file in files) RequireWholeRecords(file.FullName, file.Length);
        long total = files.Sum(file => file.Length / Record);
        if (total * Pixels > Array.MaxLength) throw new InvalidDataException($"{name}: {total} records do not fit into memory at once.");

        var (pixels, labels) = (new byte[total * Pixels], new byte[total]);
        int filled = 0;
        foreach (var file in files)
        {
            using var stream = file.OpenRead();
            filled += ReadRecords(stream, file.FullName, (int)(file.Length / Record), pixels, labels, filled);
        }

        return new InMemoryDataset(name, pixels, labels, ClassNames, 3, Side, Side);
    }

    private static void RequireWholeRecords(string path, long length)
    {
        if (length == 0) throw new InvalidDataException($"{path} is empty.");
        if (length % Record != 0)
            throw new InvalidDataException($"{path} is truncated or not CIFAR-10: {length} bytes are not a whole number of {Record}-byte records.");
    }

    private static int ReadRecords(Stream stream, string path, int records, byte[] pixels, byte[] labels, int first)
    {
        for (int i = first; i < first + records; i++)
        {
            int label = stream.ReadByte();
            if (label < 0 || stream.ReadAtLeast(pixels.AsSpan(i * Pixels, Pixels), Pixels, throwOnEndOfStream: false) < Pixels)
                throw new InvalidDataException($"{path} is truncated: it ends in record {i - first}.");
            if (label >= ClassNames.Count)
                throw new InvalidDataException($"{path} is not CIFAR-10: the label of record {i - first} is {label}.");
            labels[i] = (byte)label;
        }

        return records;
    }
}
