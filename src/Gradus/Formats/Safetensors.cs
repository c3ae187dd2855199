using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gradus.Formats;

/// <summary>
/// The safetensors format: 8 bytes with the header's length, a JSON header with each tensor's type, shape and place, then the
/// numbers. Nothing in it can run code, and a hostile file costs no more memory than its own size.
/// </summary>
/// <remarks>https://github.com/huggingface/safetensors, "Format". Little-endian, float32 and int64 are read, float32 is written.</remarks>
public static class Safetensors
{
    private const int MaximumHeader = 100_000_000; // the format's own limit
    private const string MetadataName = "__metadata__";

    /// <summary>Writes float32 tensors; an existing file is replaced in one step.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">Names, each once, and tensors.</param>
    /// <param name="metadata">Free text to keep in the header.</param>
    /// <exception cref="IOException">The file cannot be written; an earlier one is still whole.</exception>
    public static void Write(string path, IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var header = Header(tensors, metadata ?? new Dictionary<string, string>());
        if (header.Length > MaximumHeader)
            throw new InvalidDataException($"the header of {path} would take {header.Length} bytes, and safetensors allows {MaximumHeader}: save fewer tensors in a file");
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var (_, tensor) in tensors) stream.Write(MemoryMarshal.AsBytes(tensor.Span));
        });
    }

    /// <summary>Reads a file; the header is checked completely before anything is allocated for the tensors.</summary>
    /// <exception cref="InvalidDataException">The file is truncated, damaged, or holds another type of numbers; one line says what and where.</exception>
    public static SafetensorsContent Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        try
        {
            return Read(stream);
        }
        catch (InvalidDataException failure)
        {
            throw new InvalidDataException($"{path} is not a sound safetensors file: {failure.Message}", failure);
        }
        catch (EndOfStreamException failure)
        {
            throw new InvalidDataException($"{path} is not a sound safetensors file: it became shorter while it was read", failure);
        }
    }

    private static byte[] Header(IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(MetadataName);
                foreach (var (name, text) in metadata) json.WriteString(name, text);
                json.WriteEndObject();
            }

            long offset = 0;
            var names = new HashSet<string>();
            foreach (var (name, tensor) in tensors)
            {
                if (name == MetadataName || !names.Add(name))
                    throw new ArgumentException($"two tensors are called '{name}', or the format reserves the name", nameof(tensors));
                WriteEntry(json, name, tensor.Shape, ref offset);
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' '); // so that the numbers are aligned for readers that map the file
        return buffer.ToArray();
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, Shape shape, ref long offset)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", "F32");
        json.WriteStartArray("shape");
        foreach (int size in shape.Sizes) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset += (long)shape.Count * sizeof(float));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static SafetensorsContent Read(Stream stream)
    {
        var (entries, metadata) = ReadHeader(stream);
        var tensors = new Dictionary<string, Tensor>();
        var integers = new Dictionary<string, long[]>();
        foreach (var entry in entries)
        {
            if (entry.IsFloat)
            {
                var tensor = Tensor.Zeros(entry.Shape);
                stream.ReadExactly(MemoryMarshal.AsBytes(tensor.Span));
                tensors.Add(entry.Name, tensor);
            }
            else
            {
                var values = new long[entry.Shape.Count];
                stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
                integers.Add(entry.Name, values);
            }
        }

        return new SafetensorsContent(tensors, integers, metadata);
    }

    private static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) ReadHeader(Stream stream)
    {
        if (stream.Length < 8) throw new InvalidDataException($"it has {stream.Length} bytes, and the header's length alone takes 8");
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaximumHeader) throw new InvalidDataException($"it claims a header of {length} bytes, and the format allows {MaximumHeader}");
        if ((long)length > stream.Length - 8) throw new InvalidDataException($"it claims a header of {length} bytes, and {stream.Length - 8} follow: it is truncated");
        var header = new byte[(int)length];
        stream.ReadExactly(header);
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            return Parse(json.RootElement, stream.Length - 8 - (long)length);
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException($"its header is not valid JSON at byte {failure.BytePositionInLine + 8}, or names a tensor twice", failure);
        }
        catch (InvalidOperationException failure) // a text whose bytes are not UTF-8
        {
            throw new InvalidDataException("its header holds text that is not UTF-8", failure);
        }
    }

    private static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(JsonElement root, long dataLength)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new InvalidDataException("its header is not a JSON object");
        var entries = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>();
        foreach (var member in root.EnumerateObject())
        {
            if (member.Name != MetadataName) entries.Add(SafetensorsEntry.Parse(member.Name, member.Value));
            else ReadMetadata(member.Value, metadata);
        }

        entries.Sort((left, right) => (left.Start, left.End).CompareTo((right.Start, right.End)));
        long expected = 0;
        foreach (var entry in entries)
        {
            if (entry.Start != expected)
            {
                string name = SafetensorsEntry.Quote(entry.Name);
                throw new InvalidDataException($"the tensor {name} begins at byte {entry.Start}, where {expected} is due: tensors must follow each other");
            }

            expected = entry.End;
        }

        if (expected != dataLength) throw new InvalidDataException($"its tensors take {expected} bytes, and {dataLength} follow the header");
        return (entries, metadata);
    }

    private static void ReadMetadata(JsonElement value, Dictionary<string, string> metadata)
    {
        if (value.ValueKind != JsonValueKind.Object) throw new InvalidDataException("its metadata is not a JSON object");
        foreach (var member in value.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String) throw new InvalidDataException($"its metadata {SafetensorsEntry.Quote(member.Name)} is not a text");
            metadata.Add(member.Name, member.Value.GetString()!);
        }
    }
}
