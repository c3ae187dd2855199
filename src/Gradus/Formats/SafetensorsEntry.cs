using System.Text.Json;

namespace Gradus.Formats;

/// <summary>One tensor's line in a safetensors header.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsFloat">True for float32, false for int64.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Start">The first byte, counted from the header's end.</param>
/// <param name="End">The byte after the last.</param>
internal readonly record struct SafetensorsEntry(string Name, bool IsFloat, Shape Shape, long Start, long End)
{
    /// <exception cref="InvalidDataException">A member is missing or wrong, or the sizes do not agree.</exception>
    public static SafetensorsEntry Parse(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"the tensor {Quote(name)} is not described by a JSON object");
        string type = Member(name, value, "dtype", JsonValueKind.String).GetString()!;
        if (type is not ("F32" or "I64")) throw new InvalidDataException($"the tensor {Quote(name)} has the type {Quote(type)}; only F32 and I64 are read: save it as float32");
        var shape = ReadShape(name, Member(name, value, "shape", JsonValueKind.Array));
        var offsets = Member(name, value, "data_offsets", JsonValueKind.Array);
        if (offsets.GetArrayLength() != 2
            || !TryNumber(offsets[0], out long start) || !TryNumber(offsets[1], out long end) || start < 0 || end < start)
            throw new InvalidDataException($"the tensor {Quote(name)} has data_offsets that are not two ascending byte numbers");
        bool isFloat = type == "F32";
        long bytes = shape.Count * (isFloat ? 4L : 8L);
        if (end - start != bytes) throw new InvalidDataException($"the tensor {Quote(name)} {shape} needs {bytes} bytes, and its data_offsets span {end - start}");
        return new SafetensorsEntry(name, isFloat, shape, start, end);
    }

    /// <summary>A name from a file, fit for one line of text whatever it holds.</summary>
    public static string Quote(string name)
    {
        const int Longest = 80;
        string shown = string.Concat(name.Take(Longest).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter));
        return name.Length > Longest ? $"'{shown}...'" : $"'{shown}'";
    }

    private static JsonElement Member(string name, JsonElement value, string member, JsonValueKind kind) =>
        value.TryGetProperty(member, out var found) && found.ValueKind == kind
            ? found
            : throw new InvalidDataException($"the tensor {Quote(name)} has no valid {member}");

    private static Shape ReadShape(string name, JsonElement sizes)
    {
        var shape = new int[sizes.GetArrayLength()];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (sizes[axis].ValueKind != JsonValueKind.Number || !sizes[axis].TryGetInt32(out shape[axis]))
                throw new InvalidDataException($"the tensor {Quote(name)} has a size that is not a whole number");
        }

        try
        {
            return Shape.Of(shape);
        }
        catch (ShapeException failure)
        {
            throw new InvalidDataException($"the tensor {Quote(name)} has an impossible shape: {failure.Message}", failure);
        }
    }

    private static bool TryNumber(JsonElement element, out long number)
    {
        number = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out number);
    }
}
