using System.Runtime.Intrinsics;

namespace Gradus.Kernels.Convolution.Winograd;

/// <summary>
/// The sizes of a 3x3 correlation of stride 1 in Winograd's form F(2x2, 3x3): a tile of 2x2 outputs is made from a patch of 4x4 inputs by 16
/// multiplications for each pair of channels rather than 36.
/// </summary>
/// <remarks>
/// Lavin and Gray 2016, "Fast algorithms for convolutional neural networks", https://arxiv.org/abs/1509.09308, section 4.1. Tiles are counted
/// through the whole batch, row by row, so that small pictures fill register blocks too.
/// </remarks>
internal readonly record struct WinogradGeometry(
    int Batch, int InChannels, int InHeight, int InWidth, int OutChannels, int OutHeight, int OutWidth, int Top, int Left)
{
    /// <summary>Places of a transformed patch.</summary>
    public const int Places = 16;

    /// <summary>Tiles that the product's register block takes at once, or twice over two blocks of outputs.</summary>
    public const int TilesTogether = 24;

    // Transformed patches of one run of tiles stay in the L2, beside a pair of transformed weights.
    private const int RunFloats = 128 * 1024;
    private const int MostTiles = 2 * TilesTogether;
    private const int MostBlocks = 16; // beyond, they outgrow it

    public int InBlocks => Blocked.Blocks(InChannels);
    public int OutBlocks => Blocked.Blocks(OutChannels);
    public int OutPairs => (OutBlocks + 1) / 2;
    public int TileRows => (OutHeight + 1) / 2;
    public int TileColumns => (OutWidth + 1) / 2;
    public int Tiles => Batch * TileRows * TileColumns;

    /// <summary>Tiles that are transformed together: a multiple of <see cref="TilesTogether"/>.</summary>
    public int RunTiles => Math.Clamp(RunFloats / (Places * Blocked.Lanes * InBlocks * TilesTogether), 1, MostTiles / TilesTogether) * TilesTogether;

    /// <summary>The convolution itself.</summary>
    public static WinogradGeometry Forward(in ConvolutionGeometry g) =>
        new(g.Batch, g.InChannels, g.InHeight, g.InWidth, g.OutChannels, g.OutHeight, g.OutWidth, g.PadTop, g.PadLeft);

    /// <summary>The gradient with respect to its input: the same over the output's gradient, with the weights turned by half a turn.</summary>
    public static WinogradGeometry Backward(in ConvolutionGeometry g) =>
        new(g.Batch, g.OutChannels, g.OutHeight, g.OutWidth, g.InChannels, g.InHeight, g.InWidth, 2 - g.PadTop, 2 - g.PadLeft);

    /// <summary>The convolution for a 2x2 max-pool behind it, which drops what its flooring drops: a tile is a window.</summary>
    public static WinogradGeometry Pooled(in ConvolutionGeometry g) => Forward(g) with { OutHeight = 2 * g.PooledHeight, OutWidth = 2 * g.PooledWidth };

    /// <summary>True if this form computes the convolution and its gradients, and is the faster one.</summary>
    public static bool Covers(in ConvolutionGeometry g) => Fits(g) && Forward(g).Pays();

    /// <summary>The same with a 2x2 max-pool behind the convolution.</summary>
    public static bool CoversPooled(in ConvolutionGeometry g) => Fits(g) && Pooled(g).Pays();

    // Narrower machines have too few registers for the products.
    private static bool Fits(in ConvolutionGeometry g) => Vector512.IsHardwareAccelerated
        && g is { PlainInput: false, KernelHeight: 3, KernelWidth: 3, StrideY: 1, StrideX: 1, DilationY: 1, DilationX: 1, PadTop: <= 2, PadLeft: <= 2 };

    // In vectors: multiply-adds, and what the transforms cost beside them.
    private bool Pays()
    {
        if (InBlocks > MostBlocks || OutBlocks > MostBlocks || Tiles < MostTiles) return false;
        long direct = (long)Batch * OutHeight * OutWidth * 9 * InChannels * OutBlocks;
        long tile = Places * (((long)InBlocks * Blocked.Lanes * OutBlocks) + (3 * InBlocks) + (2 * OutBlocks));
        return Tiles * tile * 5 / 4 < direct;
    }
}
