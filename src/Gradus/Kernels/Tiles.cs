namespace Gradus.Kernels;

/// <summary>Hands tiles to the team only when the work outweighs waking it; the result is the same either way.</summary>
internal static class Tiles
{
    /// <summary>Elementary operations that one core does in some ten microseconds, several times what waking the team costs.</summary>
    private const long WorthSharing = 32_768;

    /// <summary>Runs the body for every tile, shared by the team if <paramref name="work"/> elementary operations are worth it.</summary>
    public static void Run<TState>(int tiles, long work, TState state, Action<TState, int> body)
    {
        if (work >= WorthSharing) Workers.Run(tiles, state, body);
        else for (int tile = 0; tile < tiles; tile++) body(state, tile);
    }

    /// <summary>How many tiles of at most <see cref="Elementwise.Tile"/> elements <paramref name="rows"/> rows of a length make, at least one row each.</summary>
    public static int Rows(int rows, int length) => (rows + RowsPerTile(length) - 1) / RowsPerTile(length);

    /// <summary>How many rows of a length one of those tiles holds.</summary>
    public static int RowsPerTile(int length) => Math.Max(1, Elementwise.Tile / Math.Max(1, length));
}
