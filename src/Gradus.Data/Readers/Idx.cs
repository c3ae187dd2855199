using System.Buffers.Binary;
using System.IO.Compression;

namespace Gradus.Data;

/// <summary>The IDX format of MNIST and its relatives, plain or gzip-compressed.</summary>
/// <remarks>
/// Header: two zero bytes, the element type (8: unsigned byte, the only one read here), the number of axes, then each axis'
/// size as a big-endian 32-bit number. http://yann.lecun.com/exdb/mnist/
/// </remarks>
public static class Idx
{
    private const int UnsignedByte = 8;

    /// <summary>Reads one IDX file of bytes.</summary>
    /// <param name="path">A plain or gzip-compressed file; the content decides, not the name.</param>
    /// <returns>The axes' sizes and the elements, the last axis running fastest.</returns>
    /// <exception cref="InvalidDataException">The file is truncated, too long, damaged, or not IDX of bytes.</exception>
    public static (int[] Shape, byte[] Data) Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file, path);
    }

    /// <summary>Reads IDX from a seekable stream.</summary>
    /// <param name="file">A plain or gzip-compressed IDX file.</param>
    /// <param name="name">What errors call it.</param>
    /// <inheritdoc cref="Read(string)"/>
    public static (int[] Shape, byte[] Data) Read(Stream file, string name)
    {
        bool compressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        if (!compressed) return ReadPlain(file, name, file.Length);
        using var plain = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        try
        {
            return ReadPlain(plain, name, file.Length * BoundedRead.LargestDeflateRatio);
        }
        catch (InvalidDataException exception) when (!exception.Message.StartsWith(name, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{name} is damaged: {exception.Message}", exception);
        }
    }

    /// <summary>Reads pictures and their labels as a data set.</summary>
    /// <param name="name">The set's name.</param>
    /// <param name="imagesPath">IDX of [count, height, width] bytes.</param>
    /// <param name="labelsPath">IDX of [count] bytes.</param>
    /// <param name="classNames">The classes' names in the order of the labels.</param>
    /// <exception cref="InvalidDataException">A file is not as it should be, or the two do not belong together.</exception>
    public static InMemoryDataset Load(string name, string imagesPath, string labelsPath, IReadOnlyList<string> classNames)
    {
        var (shape, pixels) = Read(imagesPath);
        var (labelShape, labels) = Read(labelsPath);
        if (shape.Length != 3)
            throw new InvalidDataException(
                $"{imagesPath} has {shape.Length} axes [{string.Join(", ", shape)}]; pictures have 3: count, height, width.");
        if (labelShape.Length != 1)
            throw new InvalidDataException($"{labelsPath} has {labelShape.Length} axes [{string.Join(", ", labelShape)}]; labels have 1.");
        if (shape[0] != labelShape[0])
            throw new InvalidDataException($"{imagesPath} has {shape[0]} pictures, but {labelsPath} has {labelShape[0]} labels.");
        return new InMemoryDataset(name, pixels, labels, classNames, channels: 1, shape[1], shape[2]);
    }

    private static (int[] Shape, byte[] Data) ReadPlain(Stream stream, string name, long mostBytes)
    {
        Span<byte> magic = stackalloc byte[4];
        if (stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false) < 4)
            throw new InvalidDataException($"{name} is truncated: its header is missing.");
        if (magic[0] != 0 || magic[1] != 0)
            throw new InvalidDataException($"{name} is not an IDX file: it begins with {Convert.ToHexString(magic)}.");
        if (magic[2] != UnsignedByte)
            throw new InvalidDataException($"{name} holds IDX elements of type 0x{magic[2]:X2}; only unsigned bytes (0x08) are read.");
        if (magic[3] == 0) throw new InvalidDataException($"{name} declares no axes.");

        var shape = new int[magic[3]];
        long count = 1;
        Span<byte> size = stackalloc byte[4];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (stream.ReadAtLeast(size, 4, throwOnEndOfStream: false) < 4)
                throw new InvalidDataException($"{name} is truncated: its header declares {shape.Length} axes.");
            shape[axis] = BinaryPrimitives.ReadInt32BigEndian(size);
            if (shape[axis] < 1) throw new InvalidDataException($"{name} declares {(uint)shape[axis]} elements on axis {axis}.");
            count *= shape[axis];
            if (count > mostBytes)
                throw new InvalidDataException(
                    $"{name} is truncated: its header declares [{string.Join(", ", shape[..(axis + 1)])}...] elements, more than the file can hold.");
        }

        if (count > Array.MaxLength)
            throw new InvalidDataException($"{name} declares {count} elements, more than fit into memory at once ({Array.MaxLength}).");
        return (shape, BoundedRead.Exactly(stream, (int)count, name));
    }
}
