using System.Runtime.Intrinsics;
using static Gradus.Kernels.Convolution.RegisterTile;

namespace Gradus.Kernels.Convolution;

/// <summary>
/// result[y, x, o] = bias[o] + sum over taps and channels of input[y·strideY - top + tapY, x·strideX - left + tapX, c] · weights[tap, c, o]:
/// the one loop behind a convolution and behind each phase of its input gradient.
/// </summary>
/// <remarks>
/// A tile is a band of rows of one image. Where the taps reach beyond the picture, the tile first copies its band with a border
/// of zeros (a few cycles a pixel beside thousands), so that the inner loop knows no edges.
/// </remarks>
internal unsafe struct Correlation
{
    // A band of input and one pair of packed weights stay in the 1 MiB L2.
    private const int BandFloats = 96 * 1024;
    private const int WeightsToShare = 32 * 1024; // of one pair of output blocks: from here on streaming them costs more than copying a band again
    private const int TilesWanted = 16; // for small batches: enough for the threads of a desktop, few enough to keep bands tall

    internal readonly record struct Tap(int Y, int X);

    // input [batch, channels or blocks, height, width, 1 or 16]
    public float* Input;
    public bool Plain;
    public int Batch, Channels, Height, Width;
    public int StrideY, StrideX, Top, Left;
    public Tap* Taps;                           // not negative
    public int TapCount;

    // output [batch, blocks, OutHeight, OutWidth, 16], or its pooled half; results land at (FirstRow + y·RowStep, FirstColumn + x·ColumnStep)
    public float* Weights, Bias, Output;
    public float* Residual;                     // of the output's layout: added before the rectifier; null for none
    public byte* Argmax;
    public int OutChannels, OutHeight, OutWidth, Rows, Columns;
    public int FirstRow, FirstColumn, RowStep, ColumnStep;
    public bool Relu, Pool;

    private Segment* _segments;
    private int _segmentCount, _bandRows, _bands, _copyRows, _copyWidth, _blocksEach, _shares;
    private bool _copy;
    private long _plane;
    private int _rowFloats;

    private readonly int Lane => Plain ? 1 : Blocked.Lanes;
    private readonly int Planes => Plain ? Channels : Blocked.Blocks(Channels);

    public void Run()
    {
        if (Rows <= 0 || Columns <= 0) return;
        float* bias = stackalloc float[(Blocked.Blocks(OutChannels) * Blocked.Lanes) + Blocked.Lanes];
        new Span<float>(bias, Blocked.Blocks(OutChannels) * Blocked.Lanes).Clear();
        if (Bias != null) new ReadOnlySpan<float>(Bias, OutChannels).CopyTo(new Span<float>(bias, OutChannels));
        Bias = bias;

        _segmentCount = TapCount * Planes;
        var segments = stackalloc Segment[_segmentCount];
        _segments = segments;
        PlanBands();
        FillSegments();
        Workers.Run(
            Batch * _bands * _shares, this,
            static (job, tile) => job.RunTile(tile / job._shares / job._bands, tile / job._shares % job._bands, tile % job._shares * job._blocksEach),
            _copy ? _copyRows * _copyWidth * Lane * Planes : 0);
    }

    private void PlanBands()
    {
        int reachY = 1, reachX = 1;
        for (int tap = 0; tap < TapCount; tap++) (reachY, reachX) = (Math.Max(reachY, Taps[tap].Y + 1), Math.Max(reachX, Taps[tap].X + 1));
        _copyWidth = ((Columns - 1) * StrideX) + reachX;
        _copy = _segmentCount > 0 && (Top != 0 || Left != 0 || _copyWidth > Width || ((Rows - 1) * StrideY) + reachY > Height);

        int rowFloats = Math.Max(_copyWidth, Width) * Lane * Planes * StrideY;
        int tall = Math.Max(1, (BandFloats / rowFloats) - reachY);
        int bands = (Rows + tall - 1) / tall;
        ShareBlocks(ref bands);
        _bandRows = Math.Max(2, ((Rows + bands - 1) / bands) + 1 & ~1);
        _bands = (Rows + _bandRows - 1) / _bandRows;
        _copyRows = ((_bandRows - 1) * StrideY) + reachY;
        (_rowFloats, _plane) = _copy ? (_copyWidth * Lane, (long)_copyRows * _copyWidth * Lane) : (Width * Lane, (long)Height * Width * Lane);
    }

    // A small batch is cut further: by output channels where there are many weights, so that each is read once, else into lower bands.
    private void ShareBlocks(ref int bands)
    {
        int wanted = (TilesWanted + (Batch * bands) - 1) / Math.Max(1, Batch * bands), pairs = (Blocked.Blocks(OutChannels) + BlocksTogether - 1) / BlocksTogether;
        _blocksEach = pairs * BlocksTogether;
        _shares = 1;
        if (wanted <= 1) return;
        if ((long)Channels * TapCount * BlocksTogether * Blocked.Lanes >= WeightsToShare && pairs > 1)
        {
            int each = Math.Max(1, pairs / wanted);
            (_blocksEach, _shares) = (each * BlocksTogether, (pairs + each - 1) / each);
        }
        else
        {
            bands *= wanted;
        }
    }

    private readonly void FillSegments()
    {
        var segment = _segments;
        for (int plane = 0; plane < Planes; plane++)
            for (int tap = 0; tap < TapCount; tap++)
                *segment++ = new Segment(
                    checked((int)((plane * _plane) + ((long)Taps[tap].Y * _rowFloats) + (Taps[tap].X * Lane))),
                    Plain ? 1 : Math.Min(Blocked.Lanes, Channels - (plane * Blocked.Lanes)));
    }

    private readonly void RunTile(int image, int band, int firstBlock)
    {
        int firstRow = band * _bandRows, rows = Math.Min(_bandRows, Rows - firstRow);
        float* origin = _copy ? CopyBand(image, firstRow) : Input + ((long)image * Planes * _plane) + ((long)firstRow * StrideY * _rowFloats);
        int blocks = Blocked.Blocks(OutChannels), pool = Pool ? 2 : 1;
        long outPlane = (long)OutHeight * OutWidth * Blocked.Lanes;
        var tile = new Tile
        {
            Segments = _segments,
            SegmentCount = _segmentCount,
            InputStep = StrideX * Lane,
            Relu = Relu && Residual == null,
            PixelStep = ColumnStep * Blocked.Lanes,
            BlockStep = (nint)outPlane,
        };
        for (int block = firstBlock; block < Math.Min(blocks, firstBlock + _blocksEach); block += BlocksTogether)
        {
            tile.Weights = Weights + ((long)block * Blocked.Lanes * Channels * TapCount);
            tile.Bias = Bias + (block * Blocked.Lanes);
            long output = ((((long)image * blocks) + block) * outPlane)
                + (((((long)FirstRow + (firstRow / pool * RowStep)) * OutWidth) + FirstColumn) * Blocked.Lanes);
            int together = Math.Min(BlocksTogether, blocks - block);
            RunRows(ref tile, origin, output, rows, together);
            for (int i = 0; i < together && Residual != null; i++) AddResidual(output + (i * outPlane), rows * OutWidth * Blocked.Lanes);
        }
    }

    // While the band's results are still near. Only for convolutions that write every pixel, not for phases of a stride.
    private readonly void AddResidual(long at, int count)
    {
        for (int i = 0; i < count; i += Blocked.Lanes)
        {
            var sum = Vector512.Load(Output + at + i) + Vector512.Load(Residual + at + i);
            (Relu ? Rectify(sum) : sum).Store(Output + at + i);
        }
    }

    private readonly void RunRows(ref Tile tile, float* origin, long output, int rows, int blocks)
    {
        int row = 0;
        nint inputRow = (nint)StrideY * _rowFloats, outputRow = (nint)RowStep * OutWidth * Blocked.Lanes;
        var (pieces, pixels) = Split(Columns, Pool ? 2 : 1, 1);
        for (; row + 1 < rows; row += 2)
        {
            for (int piece = 0; piece < pieces; piece++)
            {
                int column = piece * pixels;
                tile.FirstInput = origin + (row * inputRow) + (column * tile.InputStep);
                tile.SecondInput = tile.FirstInput + inputRow;
                long at = Pool ? output + (row / 2 * outputRow) + (column / 2 * tile.PixelStep) : output + (row * outputRow) + (column * tile.PixelStep);
                tile.First = Output + at;
                tile.Second = tile.First + outputRow;
                tile.FirstArgmax = Argmax + at;
                Execute(ref tile, Math.Min(pixels, Columns - column), blocks);
            }
        }

        if (row < rows) RunLastRow(ref tile, origin + (row * inputRow), output + (row * outputRow), blocks);
    }

    // A row without a partner feeds both halves of the tile; runs may overlap, the overlap is computed twice and alike.
    private readonly void RunLastRow(ref Tile tile, float* origin, long output, int blocks)
    {
        var (pieces, pixels) = Split(Columns, 1, 2);
        for (int piece = 0; piece < pieces; piece += 2)
        {
            int first = Math.Min(piece * pixels, Columns - pixels), second = Math.Min((piece + 1) * pixels, Columns - pixels);
            tile.FirstInput = origin + (first * tile.InputStep);
            tile.SecondInput = origin + (second * tile.InputStep);
            tile.First = Output + output + (first * tile.PixelStep);
            tile.Second = Output + output + (second * tile.PixelStep);
            Execute(ref tile, pixels, blocks);
        }
    }

    // Equal runs of at most MostPixels, a multiple of unit pixels each, their number a multiple of together.
    private static (int Pieces, int Pixels) Split(int columns, int unit, int together)
    {
        int pieces = (columns + (MostPixels * together) - 1) / (MostPixels * together) * together;
        int pixels = (columns + pieces - 1) / pieces;
        return (pieces, (pixels + unit - 1) / unit * unit);
    }

    private readonly float* CopyBand(int image, int firstRow)
    {
        float* band = Workers.Scratch;
        for (int plane = 0; plane < Planes; plane++)
        {
            float* source = Input + ((long)image * Planes + plane) * Height * Width * Lane;
            for (int row = 0; row < _copyRows; row++)
                BorderedRow.Copy(source, Height, Width, Lane, firstRow * StrideY - Top + row, Left, band + plane * _plane + (long)row * _rowFloats, _copyWidth);
        }

        return band;
    }

    private readonly void Execute(ref Tile tile, int pixels, int blocks)
    {
        fixed (Tile* t = &tile)
        {
            switch ((tile.InputStep, Pool))
            {
                case (16, false): Execute<C16, C0>(t, pixels, blocks); break;
                case (16, true): Execute<C16, C1>(t, pixels, blocks); break;
                case (32, false): Execute<C32, C0>(t, pixels, blocks); break;
                case (1, false): Execute<C1, C0>(t, pixels, blocks); break;
                case (1, true): Execute<C1, C1>(t, pixels, blocks); break;
                case (2, false): Execute<C2, C0>(t, pixels, blocks); break;
                case (_, false): Execute<C0, C0>(t, pixels, blocks); break;
                case (_, true): Execute<C0, C1>(t, pixels, blocks); break;
            }
        }
    }

    private static void Execute<TStep, TPool>(Tile* tile, int pixels, int blocks)
        where TStep : struct, IConstant
        where TPool : struct, IConstant
    {
        if (blocks == 2) Execute<C2, TStep, TPool>(tile, pixels);
        else Execute<C1, TStep, TPool>(tile, pixels);
    }

    private static void Execute<TBlocks, TStep, TPool>(Tile* tile, int pixels)
        where TBlocks : struct, IConstant
        where TStep : struct, IConstant
        where TPool : struct, IConstant
    {
        switch (pixels)
        {
            case 1: RegisterTile.Run<C1, TBlocks, TStep, TPool>(tile); break;
            case 2: RegisterTile.Run<C2, TBlocks, TStep, TPool>(tile); break;
            case 3: RegisterTile.Run<C3, TBlocks, TStep, TPool>(tile); break;
            case 4: RegisterTile.Run<C4, TBlocks, TStep, TPool>(tile); break;
            case 5: RegisterTile.Run<C5, TBlocks, TStep, TPool>(tile); break;
            default: RegisterTile.Run<C6, TBlocks, TStep, TPool>(tile); break;
        }
    }
}
