using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gradus.Data;

/// <summary>Looks up every pixel of a picture where an affine map says, blending the four pixels round that place; outside is black.</summary>
/// <remarks>
/// The picture is first copied with a black border, to which places outside are moved, so that the loop asks nothing. Of a coloured
/// picture the copy holds red, green and blue side by side: one vector is one pixel, and four loads fetch what else takes twelve.
/// </remarks>
internal static unsafe class AffineResampling
{
    private const int Border = 3; // one before the first pixel, two after the last: the place after the last has a right neighbour too

    public static int ScratchLength(PictureShape shape) =>
        Math.Max(shape.Length, (shape.Channels == 3 ? 4 : 1) * (shape.Height + Border) * (shape.Width + Border)) + 3 * Padded(shape.Width) + 4;

    /// <summary>Changes the picture in place.</summary>
    /// <param name="picture">[channels, height, width].</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="map">Where each pixel comes from.</param>
    /// <param name="scratch"><see cref="ScratchLength"/> values.</param>
    public static void Resample(Span<float> picture, PictureShape shape, in AffineMap map, Span<float> scratch)
    {
        if (map == AffineMap.Identity) return;
        if (map.KeepsPixelsWhole)
        {
            Move(picture, shape, map, scratch);
            return;
        }

        fixed (float* pixels = picture, memory = scratch)
        {
            var row = new Row(memory, shape, map);
            float* copy = memory + 3 * Padded(shape.Width);
            if (shape.Channels == 3) Colour(pixels, shape, row, copy);
            else for (int c = 0; c < shape.Channels; c++) Plane(pixels + c * shape.Plane, shape, row, copy);
        }
    }

    private static int Padded(int width) => (width + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;

    private static void Move(Span<float> picture, PictureShape shape, in AffineMap map, Span<float> scratch)
    {
        var (height, width) = (shape.Height, shape.Width);
        int dx = (int)Math.Clamp(map.X, -width, width), dy = (int)Math.Clamp(map.Y, -height, height);
        bool mirrored = map.XX < 0;
        int first = mirrored ? Math.Max(0, dx) : Math.Max(0, -dx), end = mirrored ? Math.Min(width, width + dx) : Math.Min(width, width - dx);
        var before = scratch[..picture.Length];
        picture.CopyTo(before);
        picture.Clear();
        if (end <= first) return;
        for (int y = 0; y < shape.Channels * height; y++)
        {
            int row = y % height, from = (map.YY < 0 ? height - 1 - row : row) + dy;
            if ((uint)from >= (uint)height) continue;
            int left = mirrored ? width - end + dx : first + dx;
            var target = picture.Slice(y * width + first, end - first);
            before.Slice((y - row + from) * width + left, end - first).CopyTo(target);
            if (mirrored) target.Reverse();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Colour(float* picture, PictureShape shape, in Row row, float* copy)
    {
        int width = shape.Width, plane = shape.Plane, below = 4 * (width + Border);
        Interleave(picture, shape, copy);
        for (int y = 0; y < shape.Height; y++)
        {
            row.Locate(y);
            float* target = picture + y * width;
            int x = 0;
            if (Sse.IsSupported)
            {
                for (; x + 4 <= width; x += 4)
                {
                    var (a, b) = (Blend(copy, below, row, x), Blend(copy, below, row, x + 1));
                    var (c, d) = (Blend(copy, below, row, x + 2), Blend(copy, below, row, x + 3));
                    Vector128<float> lowAB = Sse.UnpackLow(a, b), lowCD = Sse.UnpackLow(c, d);
                    Sse.MoveLowToHigh(lowAB, lowCD).Store(target + x);
                    Sse.MoveHighToLow(lowCD, lowAB).Store(target + plane + x);
                    Sse.MoveLowToHigh(Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d)).Store(target + 2 * plane + x);
                }
            }

            for (; x < width; x++)
            {
                var pixel = Blend(copy, below, row, x);
                (target[x], target[plane + x], target[2 * plane + x]) = (pixel[0], pixel[1], pixel[2]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Blend(float* copy, int below, in Row row, int x)
    {
        float* corner = copy + 4 * (nint)row.Places[x];
        Vector128<float> right = Vector128.Create(row.Right[x]), down = Vector128.Create(row.Down[x]);
        Vector128<float> a = Vector128.Load(corner), b = Vector128.Load(corner + 4), c = Vector128.Load(corner + below), d = Vector128.Load(corner + below + 4);
        var upper = a + right * (b - a);
        return upper + down * (c + right * (d - c) - upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Plane(float* picture, PictureShape shape, in Row row, float* copy)
    {
        int width = shape.Width, below = width + Border;
        new Span<float>(copy, (shape.Height + Border) * below).Clear();
        for (int y = 0; y < shape.Height; y++) new Span<float>(picture + y * width, width).CopyTo(new Span<float>(copy + (y + 1) * below + 1, width));
        for (int y = 0; y < shape.Height; y++)
        {
            row.Locate(y);
            for (int x = 0; x < width; x++)
            {
                float* corner = copy + row.Places[x];
                float upper = corner[0] + row.Right[x] * (corner[1] - corner[0]);
                float lower = corner[below] + row.Right[x] * (corner[below + 1] - corner[below]);
                picture[y * width + x] = upper + row.Down[x] * (lower - upper);
            }
        }
    }

    // Planes of red, green and blue -> red, green, blue and something that nobody reads, in a black border.
    private static void Interleave(float* picture, PictureShape shape, float* copy)
    {
        int width = shape.Width, plane = shape.Plane;
        new Span<float>(copy, 4 * (shape.Height + Border) * (width + Border)).Clear();
        for (int y = 0; y < shape.Height; y++)
        {
            float* source = picture + y * width, target = copy + 4 * ((y + 1) * (width + Border) + 1);
            int x = 0;
            if (Sse.IsSupported)
            {
                for (; x + 4 <= width; x += 4)
                {
                    Vector128<float> red = Vector128.Load(source + x), green = Vector128.Load(source + plane + x), blue = Vector128.Load(source + 2 * plane + x);
                    Vector128<float> low = Sse.UnpackLow(red, green), high = Sse.UnpackHigh(red, green), blueLow = Sse.UnpackLow(blue, blue), blueHigh = Sse.UnpackHigh(blue, blue);
                    Sse.MoveLowToHigh(low, blueLow).Store(target + 4 * x);
                    Sse.MoveHighToLow(blueLow, low).Store(target + 4 * x + 4);
                    Sse.MoveLowToHigh(high, blueHigh).Store(target + 4 * x + 8);
                    Sse.MoveHighToLow(blueHigh, high).Store(target + 4 * x + 12);
                }
            }

            for (; x < width; x++) (target[4 * x], target[4 * x + 1], target[4 * x + 2]) = (source[x], source[plane + x], source[2 * plane + x]);
        }
    }

    /// <summary>For each pixel of one row: the place in the bordered copy of the pixel up and left of where it comes from, and how far beyond that it lies.</summary>
    private readonly struct Row
    {
        private readonly AffineMap _map;
        private readonly int _height, _width, _padded;

        public Row(float* memory, PictureShape shape, in AffineMap map)
        {
            (_map, _height, _width, _padded) = (map, shape.Height, shape.Width, Padded(shape.Width));
            Places = (int*)memory;
            Right = memory + _padded;
            Down = memory + 2 * _padded;
        }

        public readonly int* Places;
        public readonly float* Right, Down;

        public void Locate(int y)
        {
            double middleX = (_width - 1) / 2.0, middleY = (_height - 1) / 2.0;
            var x = new Vector<float>((float)(_map.XX * -middleX + _map.XY * (y - middleY) + _map.X + middleX));
            var down = new Vector<float>((float)(_map.YX * -middleX + _map.YY * (y - middleY) + _map.Y + middleY));
            var (stepX, stepY) = (new Vector<float>((float)_map.XX), new Vector<float>((float)_map.YX));
            var (endX, endY) = (new Vector<float>(_width), new Vector<float>(_height));
            var columns = new Vector<int>(_width + Border);
            var index = Vector.ConvertToSingle(Vector<int>.Indices);
            for (int i = 0; i < _padded; i += Vector<float>.Count, index += new Vector<float>(Vector<float>.Count))
            {
                var sourceX = Vector.Min(Vector.Max(x + stepX * index, -Vector<float>.One), endX);
                var sourceY = Vector.Min(Vector.Max(down + stepY * index, -Vector<float>.One), endY);
                Vector<float> wholeX = Vector.Floor(sourceX), wholeY = Vector.Floor(sourceY);
                var places = (Vector.ConvertToInt32(wholeY) + Vector<int>.One) * columns + Vector.ConvertToInt32(wholeX) + Vector<int>.One;
                places.Store(Places + i);
                (sourceX - wholeX).Store(Right + i);
                (sourceY - wholeY).Store(Down + i);
            }
        }
    }
}
