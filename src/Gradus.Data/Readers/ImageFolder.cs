using Microsoft.Win32.SafeHandles;

namespace Gradus.Data;

/// <summary>
/// Pictures in a folder per class, <c>folder/CLASS/*.png|jpg|jpeg|pgm|bmp|webp</c>, or below <c>train/</c> and <c>test/</c>;
/// on disk or inside an uncompressed <c>.tar</c>.
/// </summary>
/// <remarks>
/// Classes are the folders' names, sorted by code point; samples are sorted by class, then by file name. Pictures of another
/// size are resized to the first one's; if one training picture has colour, all have three channels.
/// </remarks>
public static class ImageFolder
{
    /// <summary>Reads a folder or archive.</summary>
    /// <param name="path">A folder or a <c>.tar</c> file.</param>
    /// <param name="height">Rows to resize to; null: those of the first picture.</param>
    /// <param name="width">Columns to resize to; null: those of the first picture.</param>
    /// <param name="channels">1 or 3; null: 3 if a training picture has colour, else 1.</param>
    /// <param name="cancellationToken">Stops the decoding.</param>
    /// <returns>The pictures; the test part is null where there is no <c>test/</c> folder.</returns>
    /// <exception cref="InvalidDataException">There are no pictures in class folders, or one is damaged.</exception>
    /// <exception cref="IOException">The folder is not there or cannot be read.</exception>
    public static (InMemoryDataset Train, InMemoryDataset? Test) Load(string path, int? height = null, int? width = null, int? channels = null,
        CancellationToken cancellationToken = default) => Load(path, testPath: null, NameOf(path), height, width, channels, cancellationToken);

    /// <summary>As the public one; all pictures of <paramref name="testPath"/> belong to the test, in whatever folders they lie.</summary>
    internal static (InMemoryDataset Train, InMemoryDataset? Test) Load(string path, string? testPath, string name,
        int? height, int? width, int? channels, CancellationToken cancellationToken)
    {
        if (height < 1 || width < 1) throw new ArgumentOutOfRangeException(nameof(height), $"{height} x {width} is not a picture's size.");
        if (channels is not (null or 1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "Pictures have 1 channel (grey) or 3 (colour).");
        var found = PictureFile.List(path);
        if (testPath is not null) found.AddRange(PictureFile.List(testPath).Select(file => file with { IsTest = true }));
        var files = found.OrderBy(f => f.Class, StringComparer.Ordinal).ThenBy(f => f.Name, StringComparer.Ordinal).ToArray();
        try
        {
            return Load(files, path, name, height, width, channels, cancellationToken);
        }
        finally
        {
            foreach (var archive in files.Select(f => f.Archive).OfType<SafeFileHandle>().Distinct()) archive.Dispose();
        }
    }

    private static (InMemoryDataset Train, InMemoryDataset? Test) Load(PictureFile[] files, string path, string name,
        int? height, int? width, int? channels, CancellationToken cancellationToken)
    {
        var train = files.Where(f => !f.IsTest).ToArray();
        var test = files.Where(f => f.IsTest).ToArray();
        if (train.Length == 0)
            throw new InvalidDataException(
                $"{path} has no {(test.Length > 0 ? "training " : "")}pictures. Put them ({string.Join(", ", PictureFile.Extensions)}) into a folder per class.");

        string[] classes = [.. train.Select(f => f.Class).Distinct()];
        if (classes.Length > 256) throw new InvalidDataException($"{path} has {classes.Length} class folders; at most 256 are read.");
        if (test.FirstOrDefault(f => !classes.Contains(f.Class)) is { } stranger)
            throw new InvalidDataException($"{stranger.Path} is in class '{stranger.Class}', which has no training pictures.");

        if (height is null || width is null)
        {
            var first = train[0].Decode();
            (height, width) = (height ?? first.Height, width ?? first.Width);
        }

        var trainPictures = Decode(train, height.Value, width.Value, cancellationToken);
        channels ??= trainPictures.Max(p => p.Channels);
        var trainSet = Assemble(name, classes, train, trainPictures, channels.Value);
        if (test.Length == 0) return (trainSet, null);
        return (trainSet, Assemble(name, classes, test, Decode(test, height.Value, width.Value, cancellationToken), channels.Value));
    }

    private static Picture[] Decode(PictureFile[] files, int height, int width, CancellationToken cancellationToken)
    {
        if (3L * height * width * files.Length > 3L * Array.MaxLength)
            throw new InvalidDataException($"{files.Length} pictures of {height} x {width} do not fit into memory at once. Give a smaller size.");
        var pictures = new Picture[files.Length];
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.For(0, files.Length, options, i => pictures[i] = files[i].Decode().Resize(height, width));
        }
        catch (AggregateException failures)
        {
            throw failures.InnerExceptions[0] is InvalidDataException damaged
                ? new InvalidDataException(damaged.Message, damaged)
                : new IOException(failures.InnerExceptions[0].Message, failures);
        }

        return pictures;
    }

    private static InMemoryDataset Assemble(string name, string[] classes, PictureFile[] files, Picture[] pictures, int channels)
    {
        var (height, width) = (pictures[0].Height, pictures[0].Width);
        int length = channels * height * width;
        if ((long)length * files.Length > Array.MaxLength)
            throw new InvalidDataException(
                $"{name}: {files.Length} pictures of {channels}x{height}x{width} do not fit into memory at once. Give a smaller size.");
        var (pixels, labels) = (new byte[length * files.Length], new byte[files.Length]);
        for (int i = 0; i < files.Length; i++)
        {
            pictures[i].WithChannels(channels).Pixels.CopyTo(pixels, i * length);
            pictures[i] = null!; // lets the collector take it while the large array fills
            labels[i] = (byte)Array.BinarySearch(classes, files[i].Class, StringComparer.Ordinal);
        }

        return new InMemoryDataset(name, pixels, labels, classes, channels, height, width);
    }

    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
}
