using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Gradus.Data;

/// <summary>Applies one affine map to every colour of a picture, then clamps to 0 ... 1.</summary>
internal static class ColourMapping
{
    /// <summary>The mean colour; a grey picture's mean three times.</summary>
    public static Vector3 Mean(ReadOnlySpan<float> picture, PictureShape shape)
    {
        int plane = shape.Plane;
        if (shape.Channels == 1) return new Vector3(TensorPrimitives.Sum(picture) / plane);
        return new Vector3(
            TensorPrimitives.Sum(picture[..plane]), TensorPrimitives.Sum(picture.Slice(plane, plane)), TensorPrimitives.Sum(picture.Slice(2 * plane, plane))) / plane;
    }

    /// <summary>(red, green, blue, 1) times the matrix for each pixel; a grey pixel is (x, x, x).</summary>
    public static void Apply(Span<float> picture, PictureShape shape, in Matrix4x4 map)
    {
        if (map.IsIdentity) return;
        if (shape.Channels == 1) Grey(picture, map.M11 + map.M21 + map.M31, map.M41);
        else Colour(picture, shape.Plane, map);
    }

    private static void Grey(Span<float> picture, float gain, float offset)
    {
        TensorPrimitives.Multiply(picture, gain, picture);
        TensorPrimitives.Add(picture, offset, picture);
        TensorPrimitives.Clamp(picture, 0f, 1f, picture);
    }

    private static void Colour(Span<float> picture, int plane, in Matrix4x4 m)
    {
        ref float red = ref MemoryMarshal.GetReference(picture);
        ref float green = ref MemoryMarshal.GetReference(picture[plane..]);
        ref float blue = ref MemoryMarshal.GetReference(picture[(2 * plane)..]);
        int i = 0;
        for (; i <= plane - Vector<float>.Count; i += Vector<float>.Count)
        {
            var (r, g, b) = (Vector.LoadUnsafe(ref red, (nuint)i), Vector.LoadUnsafe(ref green, (nuint)i), Vector.LoadUnsafe(ref blue, (nuint)i));
            Clamped(r * m.M11 + g * m.M21 + b * m.M31 + new Vector<float>(m.M41)).StoreUnsafe(ref red, (nuint)i);
            Clamped(r * m.M12 + g * m.M22 + b * m.M32 + new Vector<float>(m.M42)).StoreUnsafe(ref green, (nuint)i);
            Clamped(r * m.M13 + g * m.M23 + b * m.M33 + new Vector<float>(m.M43)).StoreUnsafe(ref blue, (nuint)i);
        }

        for (; i < plane; i++)
        {
            var (r, g, b) = (picture[i], picture[plane + i], picture[2 * plane + i]);
            picture[i] = Math.Clamp(r * m.M11 + g * m.M21 + b * m.M31 + m.M41, 0, 1);
            picture[plane + i] = Math.Clamp(r * m.M12 + g * m.M22 + b * m.M32 + m.M42, 0, 1);
            picture[2 * plane + i] = Math.Clamp(r * m.M13 + g * m.M23 + b * m.M33 + m.M43, 0, 1);
        }
    }

    private static Vector<float> Clamped(Vector<float> value) => Vector.Min(Vector.Max(value, Vector<float>.Zero), Vector<float>.One);
}
