using System.Numerics;
using System.Runtime.InteropServices;

namespace Gradus.Data;

/// <summary>Pictures kept in memory as the bytes they are stored in (a quarter of the floats), scaled when they are read.</summary>
public sealed class InMemoryDataset : Dataset
{
    private readonly byte[] _pixels;
    private readonly byte[] _labels;
    private readonly int _maximum;
    private readonly int _sampleLength;

    /// <summary>Keeps the arrays as they are, without a copy.</summary>
    /// <param name="name">The name shown to the user.</param>
    /// <param name="pixels">[count, channels, height, width].</param>
    /// <param name="labels">[count], each below the number of classes.</param>
    /// <param name="classNames">The classes' names in the order of the labels; 1 to 256.</param>
    /// <param name="channels">Values per pixel.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="maximum">The byte that reads as 1: 255 for pictures.</param>
    /// <param name="note">See <see cref="Dataset.Note"/>.</param>
    /// <exception cref="InvalidDataException">The arrays do not fit together, or a label or pixel is out of range.</exception>
    public InMemoryDataset(string name, byte[] pixels, byte[] labels, IReadOnlyList<string> classNames,
        int channels, int height, int width, int maximum = 255, string note = "")
    {
        long length = (long)channels * height * width;
        if (channels < 1 || height < 1 || width < 1 || length > Array.MaxLength)
            throw new InvalidDataException($"{name}: samples of {channels}x{height}x{width} are not pictures.");
        if (labels.Length == 0) throw new InvalidDataException($"{name} has no samples.");
        if (pixels.LongLength != labels.LongLength * length)
            throw new InvalidDataException(
                $"{name}: {labels.Length} labels of {channels}x{height}x{width} need {labels.LongLength * length} bytes of pixels; there are {pixels.LongLength}.");
        int wrong = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)Math.Min(classNames.Count - 1, 255));
        if (classNames.Count is < 1 or > 256 || wrong >= 0)
            throw new InvalidDataException(
                $"{name}: the label of sample {Math.Max(wrong, 0)} is {labels[Math.Max(wrong, 0)]}, but there are {classNames.Count} classes (0 ... {classNames.Count - 1}).");
        if (maximum is < 1 or > 255) throw new InvalidDataException($"{name}: the largest pixel value is {maximum}; it must be 1 ... 255.");
        int bright = maximum == 255 ? -1 : pixels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)maximum);
        if (bright >= 0)
            throw new InvalidDataException($"{name}: a pixel of sample {bright / length} is {pixels[bright]}, above the largest value {maximum}.");

        (Name, ClassNames, Note) = (name, classNames, note);
        (Channels, Height, Width) = (channels, height, width);
        (_pixels, _labels, _maximum, _sampleLength) = (pixels, labels, maximum, (int)length);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override int Count => _labels.Length;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public override int Channels { get; }

    /// <inheritdoc/>
    public override int Height { get; }

    /// <inheritdoc/>
    public override int Width { get; }

    /// <inheritdoc/>
    public override string Note { get; }

    /// <summary>The stored bytes: [count, channels, height, width].</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>The stored labels: [count].</summary>
    public ReadOnlySpan<byte> Labels => _labels;

    /// <inheritdoc/>
    public override void Read(int index, Span<float> destination)
    {
        if ((uint)index >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"{Name} has samples 0 ... {Count - 1}.");
        if (destination.Length != _sampleLength)
            throw new ArgumentException(
                $"A sample of {Name} has {_sampleLength} values; the destination has {destination.Length}.", nameof(destination));
        Scale(_pixels.AsSpan(index * _sampleLength, _sampleLength), destination, _maximum);
    }

    /// <inheritdoc/>
    public override int Label(int index) => (uint)index < (uint)Count
        ? _labels[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"{Name} has samples 0 ... {Count - 1}.");

    // A division, not a product with the reciprocal: the value is the nearest float to byte / maximum on every vector width.
    private static void Scale(ReadOnlySpan<byte> source, Span<float> destination, float maximum)
    {
        int i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            var divisor = new Vector<float>(maximum);
            int step = Vector<float>.Count;
            ref byte from = ref MemoryMarshal.GetReference(source);
            ref float to = ref MemoryMarshal.GetReference(destination);
            for (; i <= source.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            {
                Vector.Widen(Vector.LoadUnsafe(ref from, (nuint)i), out var low, out var high);
                Vector.Widen(low, out var a, out var b);
                Vector.Widen(high, out var c, out var d);
                Store(a, ref to, i, divisor);
                Store(b, ref to, i + step, divisor);
                Store(c, ref to, i + 2 * step, divisor);
                Store(d, ref to, i + 3 * step, divisor);
            }
        }

        for (; i < source.Length; i++) destination[i] = source[i] / maximum;
    }

    private static void Store(Vector<uint> bytes, ref float to, int at, Vector<float> divisor) =>
        (Vector.ConvertToSingle(Vector.AsVectorInt32(bytes)) / divisor).StoreUnsafe(ref to, (nuint)at);
}
