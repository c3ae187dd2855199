using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <summary>The cell of a recurrent layer. Gates are ordered as PyTorch orders them.</summary>
internal enum RecurrentCell
{
    /// <summary>Gates i, f, g, o: c' = f · c + i · g, h' = o · tanh(c').</summary>
    Lstm,

    /// <summary>Gates r, z, n: n = tanh(Wx + b + r · (Uh + d)), h' = (1 - z) · n + z · h.</summary>
    Gru,

    /// <summary>h' = tanh(Wx + b + Uh + d).</summary>
    Tanh,

    /// <summary>h' = max(0, Wx + b + Uh + d).</summary>
    Relu,
}

/// <summary>One layer in one direction over a batch of sequences, and how much memory its kernels need.</summary>
/// <param name="Cell">What happens at each step.</param>
/// <param name="Batch">Sequences.</param>
/// <param name="Time">Steps of the longest sequence the buffers have room for.</param>
/// <param name="Input">Features of the input at each step; at least 1.</param>
/// <param name="Hidden">Hidden units; at least 1.</param>
internal readonly record struct RecurrentShape(RecurrentCell Cell, int Batch, int Time, int Input, int Hidden)
{
    /// <summary>Blocks of hidden units in the weights: 4 (LSTM), 3 (GRU) or 1.</summary>
    public int Gates => Cell switch { RecurrentCell.Lstm => 4, RecurrentCell.Gru => 3, _ => 1 };

    /// <summary>Floats that <see cref="Recurrence.Forward"/> leaves for <see cref="Recurrence.Backward"/>.</summary>
    public int SavedLength => checked(PaddedBatch * (Time + 1) * RecordRows + (Recurrence.OuterRows - 1) * Widest + Alignment); // a block of rows may read past the last record

    /// <summary>Floats of scratch for <see cref="Recurrence.Forward"/>; its content is arbitrary before and after.</summary>
    /// <param name="saves">Whether it saves for backward: then its working memory is what it saves.</param>
    public int ForwardScratch(bool saves) =>
        checked(UnitBlocks * (Input + Hidden + 2) * Recurrence.BlockRows + (saves ? 0 : PaddedBatch * 2 * RecordRows) + Alignment);

    /// <summary>Floats of scratch for <see cref="Recurrence.Backward"/>; its content is arbitrary before and after.</summary>
    public int BackwardScratch => checked(
        PackedBackward + PaddedBatch * GradientRows + PaddedBatch * Time * (InLanes ? GradientRows : GradientPanels * PanelWidth) + Alignment);

    /// <summary>Floats lost when a span is moved up to a 64-byte boundary.</summary>
    internal const int Alignment = 16;

    /// <summary>Rows of one step's record: input, h before the step, then what the cell keeps; each row holds one float per lane.</summary>
    internal int RecordRows => Input + Hidden * Cell switch { RecurrentCell.Lstm => 7, RecurrentCell.Gru => 5, _ => 1 };

    /// <summary>Rows of one step's gate gradients: i, f, g, o (LSTM); n, r, z and n's hidden product (GRU); the sum (RNN).</summary>
    internal int GradientRows => Hidden * (Cell is RecurrentCell.Lstm or RecurrentCell.Gru ? 4 : 1);

    /// <summary>The first of the gradient rows that meet the hidden weights, in the order of the weights.</summary>
    internal int HiddenGradientRow => Cell == RecurrentCell.Gru ? Hidden : 0;

    /// <summary>Hidden units of one register block: all gates of as many units as fill it.</summary>
    internal int UnitsPerBlock => Recurrence.BlockRows / Gates;

    internal int UnitBlocks => (Hidden + UnitsPerBlock - 1) / UnitsPerBlock;

    internal int HiddenBlocks => (Hidden + Recurrence.BlockRows - 1) / Recurrence.BlockRows;

    internal int InputBlocks => (Input + Recurrence.BlockRows - 1) / Recurrence.BlockRows;

    internal int PackedBackward => (HiddenBlocks + InputBlocks) * Recurrence.BlockRows * Gates * Hidden;

    /// <summary>Small layers sum their weight gradients where they lie, lanes over the batch; large ones turn the gate gradients into panels first.</summary>
    internal bool InLanes =>
        Gates * Hidden * (Input + Hidden) <= 4096                                  // each weight costs one sum over the lanes
        && (long)PaddedBatch * Time * (GradientRows + RecordRows) <= 131_072;      // floats: 512 KiB, half of the level-2 cache

    /// <summary>Gate gradients side by side in a panel: two vectors.</summary>
    internal static int PanelWidth => 2 * Widest;

    internal int GradientPanels => (GradientRows + PanelWidth - 1) / PanelWidth;

    internal static int Widest =>
        Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : Vector128.IsHardwareAccelerated ? 4 : 1;

    /// <summary>Tiles of the batch: all but the last have the widest vector's lanes.</summary>
    internal int Tiles => (Batch + Widest - 1) / Widest;

    /// <summary>The lanes of a tile: the narrowest vector that holds the last sequences.</summary>
    internal int LanesOf(int tile)
    {
        int rest = Math.Min(Widest, Batch - tile * Widest), lanes = Widest;
        while (lanes > 4 && rest <= lanes / 2) lanes /= 2;
        return lanes;
    }

    internal int PaddedBatch => Batch == 0 ? 0 : (Tiles - 1) * Widest + LanesOf(Tiles - 1);
}
