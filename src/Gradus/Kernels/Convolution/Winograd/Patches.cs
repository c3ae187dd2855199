using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels.Convolution.Winograd;

/// <summary>
/// Walks tiles through a batch and transforms what lies under each: [place][block][tile][16]. A place is an odd number of cache lines from the
/// next, so that the 16 that are written together do not fall into one set of the cache.
/// </summary>
internal static unsafe class Patches
{
    /// <summary>Floats between the places of a run of tiles.</summary>
    public static int PlaceFloats(int blocks, int runTiles) => ((blocks * runTiles) | 1) * Blocked.Lanes;

    /// <summary>Floats of all places.</summary>
    public static int Length(int blocks, int runTiles) => WinogradGeometry.Places * PlaceFloats(blocks, runTiles);

    /// <summary>The transformed patches of tiles <paramref name="first"/> ... <paramref name="first"/> + <paramref name="count"/> - 1.</summary>
    /// <param name="g">The sizes.</param>
    /// <param name="input">[batch, blocks, height, width, 16].</param>
    /// <param name="first">Counted through the batch.</param>
    /// <param name="count">At most the run's tiles.</param>
    /// <param name="to">Of <see cref="Length"/> for all of the input's blocks.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transform(in WinogradGeometry g, float* input, int first, int count, float* to)
    {
        int blocks = g.InBlocks, runTiles = g.RunTiles;
        nint place = PlaceFloats(blocks, runTiles), plane = (nint)g.InHeight * g.InWidth * Blocked.Lanes, line = (nint)g.InWidth * Blocked.Lanes;
        float* zeros = stackalloc float[4 * Blocked.Lanes];
        new Span<float>(zeros, 4 * Blocked.Lanes).Clear();
        var at = new TilePlace(g, first);
        for (int tile = 0; tile < count; tile++, at.Next(g))
        {
            int y = (2 * at.Row) - g.Top, x = (2 * at.Column) - g.Left;
            float* picture = input + (at.Image * blocks * plane);
            float* target = to + ((nint)tile * Blocked.Lanes);
            if (x < 0 || x + 4 > g.InWidth)
            {
                for (int block = 0; block < blocks; block++) TransformAtEdge(g, picture + (block * plane), y, x, target + ((nint)block * runTiles * Blocked.Lanes), place);
                continue;
            }

            float* corner = picture + (y * line) + ((nint)x * Blocked.Lanes);
            nint step0 = (uint)y < (uint)g.InHeight ? plane : 0, step1 = (uint)(y + 1) < (uint)g.InHeight ? plane : 0;
            nint step2 = (uint)(y + 2) < (uint)g.InHeight ? plane : 0, step3 = (uint)(y + 3) < (uint)g.InHeight ? plane : 0;
            float* row0 = step0 != 0 ? corner : zeros, row1 = step1 != 0 ? corner + line : zeros;
            float* row2 = step2 != 0 ? corner + (2 * line) : zeros, row3 = step3 != 0 ? corner + (3 * line) : zeros;
            for (int block = 0; block < blocks; block++)
            {
                Transforms.Patch(row0, row1, row2, row3, target, place);
                target += (nint)runTiles * Blocked.Lanes;
                row0 += step0;
                row1 += step1;
                row2 += step2;
                row3 += step3;
            }
        }
    }

    /// <summary>The transformed gradients of the same tiles' outputs, for one or two blocks; what lies beyond the edge is zero.</summary>
    /// <param name="g">The sizes.</param>
    /// <param name="gradient">[batch, blocks, outHeight, outWidth, 16].</param>
    /// <param name="firstBlock">The first of the blocks.</param>
    /// <param name="blocks">1 or 2.</param>
    /// <param name="first">Counted through the batch.</param>
    /// <param name="count">At most the run's tiles.</param>
    /// <param name="to">Of <see cref="Length"/>.</param>
    /// <param name="sums">[blocks x 16]: the gradients' sum is added.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformGradient(in WinogradGeometry g, float* gradient, int firstBlock, int blocks, int first, int count, float* to, float* sums)
    {
        int runTiles = g.RunTiles;
        nint place = PlaceFloats(blocks, runTiles), plane = (nint)g.OutHeight * g.OutWidth * Blocked.Lanes, line = (nint)g.OutWidth * Blocked.Lanes;
        for (int block = 0; block < blocks; block++)
        {
            var sum = Vector512<float>.Zero;
            var at = new TilePlace(g, first);
            float* target = to + ((nint)block * runTiles * Blocked.Lanes);
            for (int tile = 0; tile < count; tile++, at.Next(g), target += Blocked.Lanes)
            {
                float* corner = gradient + ((((nint)at.Image * g.OutBlocks) + firstBlock + block) * plane) + (2 * at.Row * line) + ((nint)2 * at.Column * Blocked.Lanes);
                bool right = (2 * at.Column) + 1 < g.OutWidth, below = (2 * at.Row) + 1 < g.OutHeight;
                var a = Vector512.Load(corner);
                var b = right ? Vector512.Load(corner + Blocked.Lanes) : default;
                var c = below ? Vector512.Load(corner + line) : default;
                var d = right && below ? Vector512.Load(corner + line + Blocked.Lanes) : default;
                sum += a + b + (c + d);
                Transforms.Gradient(a, b, c, d, target, place);
            }

            (Vector512.Load(sums + (block * Blocked.Lanes)) + sum).Store(sums + (block * Blocked.Lanes));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TransformAtEdge(in WinogradGeometry g, float* plane, int y, int x, float* to, nint place)
    {
        const int Line = 4 * Blocked.Lanes;
        float* patch = stackalloc float[4 * Line];
        for (int row = 0; row < 4; row++)
        {
            bool inside = (uint)(y + row) < (uint)g.InHeight;
            for (int column = 0; column < 4; column++)
            {
                var value = inside && (uint)(x + column) < (uint)g.InWidth
                    ? Vector512.Load(plane + ((((nint)(y + row) * g.InWidth) + x + column) * Blocked.Lanes))
                    : Vector512<float>.Zero;
                value.Store(patch + (row * Line) + (column * Blocked.Lanes));
            }
        }

        Transforms.Patch(patch, patch + Line, patch + (2 * Line), patch + (3 * Line), to, place);
    }
}

/// <summary>Where a tile lies.</summary>
internal struct TilePlace
{
    public int Image, Row, Column;

    public TilePlace(in WinogradGeometry g, int tile)
    {
        (int row, Column) = Math.DivRem(tile, g.TileColumns);
        (Image, Row) = Math.DivRem(row, g.TileRows);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next(in WinogradGeometry g)
    {
        if (++Column < g.TileColumns) return;
        Column = 0;
        if (++Row < g.TileRows) return;
        Row = 0;
        Image++;
    }
}
