namespace Gradus.Data;

/// <summary>
/// The binary versions of CIFAR-10 (records of one label byte and 3,072 pixel bytes [3, 32, 32]) and of CIFAR-100 (the byte of one
/// of 20 coarse classes comes before).
/// </summary>
/// <remarks>Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html</remarks>
public static class CifarBinary
{
    private const int Side = 32;
    private const int Pixels = 3 * Side * Side;

    /// <summary>The hundred classes of CIFAR-100 in the order of the labels.</summary>
    public static IReadOnlyList<string> FineClassNames { get; } =
    [
        "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl", "boy", "bridge", "bus",
        "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair", "chimpanzee", "clock", "cloud", "cockroach", "couch",
        "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house",
        "kangaroo", "keyboard", "lamp", "lawn_mower", "leopard", "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle",
        "mountain", "mouse", "mushroom", "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck", "pine_tree",
        "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road", "rocket", "rose", "sea", "seal", "shark",
        "shrew", "skunk", "skyscraper", "snail", "snake", "spider", "squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank",
        "telephone", "television", "tiger", "tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree", "wolf",
        "woman", "worm",
    ];

    /// <summary>The ten classes in the order of the labels.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Reads one or more files, such as <c>data_batch_1.bin</c> ... <c>data_batch_5.bin</c>, as one set.</summary>
    /// <exception cref="InvalidDataException">A file is empty, not a whole number of records, or holds a label above 9.</exception>
    public static InMemoryDataset Load(string name, params IReadOnlyList<string> paths) => Load(name, ClassNames, labelBytes: 1, paths);

    /// <summary>Reads one or more files of CIFAR-100, such as <c>train.bin</c>, with the hundred fine classes.</summary>
    /// <exception cref="InvalidDataException">A file is empty, not a whole number of records, or holds a label above 99.</exception>
    public static InMemoryDataset LoadFine(string name, params IReadOnlyList<string> paths) => Load(name, FineClassNames, labelBytes: 2, paths);

    private static InMemoryDataset Load(string name, IReadOnlyList<string> classNames, int labelBytes, IReadOnlyList<string> paths)
    {
        int record = labelBytes + Pixels;
        var files = paths.Select(path => new FileInfo(path)).ToArray();
        foreach (var file in files) RequireWholeRecords(file.FullName, file.Length, record);
        long total = files.Sum(file => file.Length / record);
        if (total * Pixels > Array.MaxLength) throw new InvalidDataException($"{name}: {total} records do not fit into memory at once.");

        var (pixels, labels) = (new byte[total * Pixels], new byte[total]);
        int filled = 0;
        foreach (var file in files)
        {
            using var stream = file.OpenRead();
            filled += ReadRecords(stream, file.FullName, (int)(file.Length / record), (labelBytes, classNames.Count), pixels, labels, filled);
        }

        return new InMemoryDataset(name, pixels, labels, classNames, 3, Side, Side);
    }

    private static void RequireWholeRecords(string path, long length, int record)
    {
        if (length == 0) throw new InvalidDataException($"{path} is empty.");
        if (length % record != 0)
            throw new InvalidDataException($"{path} is truncated or not CIFAR: {length} bytes are not a whole number of {record}-byte records.");
    }

    private static int ReadRecords(Stream stream, string path, int records, (int Bytes, int Classes) label, byte[] pixels, byte[] labels, int first)
    {
        for (int i = first; i < first + records; i++)
        {
            int value = stream.ReadByte();
            if (label.Bytes > 1) value = stream.ReadByte(); // the coarse class came first
            if (value < 0 || stream.ReadAtLeast(pixels.AsSpan(i * Pixels, Pixels), Pixels, throwOnEndOfStream: false) < Pixels)
                throw new InvalidDataException($"{path} is truncated: it ends in record {i - first}.");
            if (value >= label.Classes)
                throw new InvalidDataException($"{path} is not CIFAR-{label.Classes}: the label of record {i - first} is {value}.");
            labels[i] = (byte)value;
        }

        return records;
    }
}
