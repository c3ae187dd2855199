using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <content>
/// A tile backward through time: the cell's derivatives give the gate gradients of a step, their product with the hidden
/// weights the gradient of h before it. The weight gradients wait until all steps are done.
/// </content>
internal static unsafe partial class Recurrence
{
    /// <summary>The working memory of one tile: gradients of the state, the output and the input, and copies for sequences that are over.</summary>
    private static int BackwardTileScratch(in RecurrentShape shape) =>
        RecurrentShape.Widest * (BlockRows * (shape.HiddenBlocks + shape.InputBlocks) + 4 * shape.Hidden + (shape.InLanes ? 0 : shape.GradientRows));

    private static void BackwardTile(in Job job, int tile)
    {
        switch (job.Shape.LanesOf(tile))
        {
            case 16: BackwardTile<Vector512<float>, Lanes512>(job, tile); break;
            case 8: BackwardTile<Vector256<float>, Lanes256>(job, tile); break;
            case 4: BackwardTile<Vector128<float>, Lanes128>(job, tile); break;
            default: BackwardTile<float, ScalarLanes>(job, tile); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardTile<TVector, TLanes>(in Job job, int tile)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var shape = job.Shape;
        var view = new TileView(job, tile);
        int hidden = shape.Hidden, input = shape.Input, lanes = TLanes.Count;
        nint recordLength = shape.RecordRows * lanes, gradientLength = shape.GradientRows * lanes, stateLength = hidden * lanes;
        float* dh = Workers.Scratch, dx = dh + shape.HiddenBlocks * BlockRows * lanes, dc = dx + shape.InputBlocks * BlockRows * lanes;
        float* dy = dc + stateLength, endedH = dy + stateLength, endedC = endedH + stateLength, gates = endedC + stateLength;
        float* records = job.Records + view.First * (nint)shape.RecordRows * (shape.Time + 1);
        float* gradients = job.Gradients + view.First * (nint)shape.Time * (shape.InLanes ? shape.GradientRows : RecurrentShape.PanelWidth);
        float* biasSums = job.BiasSums + view.First * (nint)shape.GradientRows;
        new Span<float>(biasSums, (int)gradientLength).Clear();
        ReadState(view, job.DFinalH, hidden, dh);
        ReadState(view, job.DFinalC, hidden, dc);

        for (int step = view.Longest - 1; step >= 0; step--)
        {
            float* record = records + step * recordLength;
            if (shape.InLanes) gates = gradients + step * gradientLength;
            bool ended = step >= view.Shortest;
            if (ended)
            {
                Buffer.MemoryCopy(dh, endedH, stateLength * sizeof(float), stateLength * sizeof(float));
                Buffer.MemoryCopy(dc, endedC, stateLength * sizeof(float), stateLength * sizeof(float));
                ReplaceEnded(view, step, dh, null, hidden); // zero here, and 0 from dy: the gate gradients of an ended sequence are 0
                ReplaceEnded(view, step, dc, null, hidden);
            }

            if (job.DOutput != null) ReadStep(view, job.DOutput, hidden, step, dy);
            CellBackward<TVector, TLanes>(shape, record + input * lanes, job.DOutput != null ? dy : null, dh, dc, gates, biasSums, recordLength);
            HiddenBackward<TVector, TLanes>(job, gates, dh);
            if (ended)
            {
                ReplaceEnded(view, step, dh, endedH, hidden);
                ReplaceEnded(view, step, dc, endedC, hidden);
            }

            if (job.DInput != null)
            {
                InputBackward<TVector, TLanes>(job, gates, dx);
                WriteStep(view, dx, input, step, job.DInput);
            }

            if (!shape.InLanes) WritePanels(shape, gates, lanes, gradients + (nint)step * lanes * RecurrentShape.PanelWidth);
        }

        Finish<TVector, TLanes>(job, view, dh, dc, gradients);
    }

    private static void Finish<TVector, TLanes>(in Job job, in TileView view, float* dh, float* dc, float* gradients)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var shape = job.Shape;
        WriteState(view, dh, shape.Hidden, job.DInitialH);
        WriteState(view, dc, shape.Hidden, job.DInitialC);
        if (job.DInput != null && view.Shortest < shape.Time) ClearPastEnd(view, shape.Input, job.DInput);
        int rest = (shape.Time - view.Longest) * TLanes.Count;
        nint past = (nint)view.Longest * TLanes.Count;
        if (shape.InLanes) new Span<float>(gradients + past * shape.GradientRows, rest * shape.GradientRows).Clear();
        for (nint panel = 0; panel < shape.GradientPanels && !shape.InLanes; panel++)
        {
            new Span<float>(gradients + (panel * shape.PaddedBatch * shape.Time + past) * RecurrentShape.PanelWidth, rest * RecurrentShape.PanelWidth).Clear();
        }
    }

    /// <summary>One step's gate gradients, turned: in each panel a row of PanelWidth gates for each lane.</summary>
    private static void WritePanels(in RecurrentShape shape, float* gates, nint lanes, float* panels)
    {
        nint width = RecurrentShape.PanelWidth, next = (nint)shape.PaddedBatch * shape.Time * width;
        for (nint row = 0; row < shape.GradientRows; row += width, panels += next)
        {
            Transposition.Copy(gates + row * lanes, lanes, nint.Min(width, shape.GradientRows - row), lanes, panels, width);
        }
    }

    private static void HiddenBackward<TVector, TLanes>(in Job job, float* gates, float* dh)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var shape = job.Shape;
        nint depth = shape.Gates * shape.Hidden;
        float* operand = gates + shape.HiddenGradientRow * TLanes.Count;
        for (nint block = 0; block < shape.HiddenBlocks; block++)
        {
            Product<TVector, TLanes>(job.Packed + block * BlockRows * depth, operand, depth, dh + block * BlockRows * TLanes.Count, null, shape.Cell == RecurrentCell.Gru);
        }
    }

    private static void InputBackward<TVector, TLanes>(in Job job, float* gates, float* dx)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var shape = job.Shape;
        nint depth = shape.Gates * shape.Hidden;
        for (nint block = 0; block < shape.InputBlocks; block++)
        {
            Product<TVector, TLanes>(job.Packed + (shape.HiddenBlocks + block) * BlockRows * depth, gates, depth, dx + block * BlockRows * TLanes.Count, null, false);
        }
    }

    private static void CellBackward<TVector, TLanes>(
        in RecurrentShape shape, float* h, float* dy, float* dh, float* dc, float* gates, float* biasSums, nint recordLength)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        switch (shape.Cell)
        {
            case RecurrentCell.Lstm: LongShortTermBackward<TVector, TLanes>(shape.Hidden, h, dy, dh, dc, gates, biasSums); break;
            case RecurrentCell.Gru: GatedBackward<TVector, TLanes>(shape.Hidden, h, dy, dh, gates, biasSums); break;
            default: PlainBackward<TVector, TLanes>(shape.Hidden, h + recordLength, dy, dh, shape.Cell == RecurrentCell.Tanh, gates, biasSums); break;
        }
    }

    /// <summary>A gate's gradient, which is also its share of the bias gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep<TVector, TLanes>(TVector gradient, float* gate, float* biasSum)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TLanes.Store(gradient, gate);
        TLanes.Store(TLanes.Add(TLanes.Load(biasSum), gradient), biasSum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LongShortTermBackward<TVector, TLanes>(int hidden, float* h, float* dy, float* dh, float* dc, float* gates, float* biasSums)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint lanes = TLanes.Count, row = hidden * lanes;
        var one = TLanes.Broadcast(1);
        for (nint place = 0; place < row; place += lanes)
        {
            float* kept = h + place, gate = gates + place, sum = biasSums + place;
            TVector c = TLanes.Load(kept + row), i = TLanes.Load(kept + 2 * row), f = TLanes.Load(kept + 3 * row);
            TVector g = TLanes.Load(kept + 4 * row), o = TLanes.Load(kept + 5 * row), squashed = TLanes.Load(kept + 6 * row);
            var dOut = TLanes.Load(dh + place);
            if (dy != null) dOut = TLanes.Add(dOut, TLanes.Load(dy + place));
            var dOpen = TLanes.Multiply(dOut, o);
            var dCell = TLanes.Add(TLanes.Load(dc + place), Subtract<TVector, TLanes>(dOpen, TLanes.Multiply(dOpen, TLanes.Multiply(squashed, squashed))));
            var ig = TLanes.Multiply(i, g);
            Keep<TVector, TLanes>(TLanes.Multiply(TLanes.Multiply(dCell, ig), Subtract<TVector, TLanes>(one, i)), gate, sum);
            Keep<TVector, TLanes>(TLanes.Multiply(TLanes.Multiply(dCell, c), Subtract<TVector, TLanes>(f, TLanes.Multiply(f, f))), gate + row, sum + row);
            Keep<TVector, TLanes>(TLanes.Multiply(dCell, Subtract<TVector, TLanes>(i, TLanes.Multiply(ig, g))), gate + 2 * row, sum + 2 * row);
            Keep<TVector, TLanes>(TLanes.Multiply(TLanes.Multiply(dOpen, squashed), Subtract<TVector, TLanes>(one, o)), gate + 3 * row, sum + 3 * row);
            TLanes.Store(TLanes.Multiply(dCell, f), dc + place);
        }
    }

    /// <summary>Leaves in dh what passes by the gates, dh · z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GatedBackward<TVector, TLanes>(int hidden, float* h, float* dy, float* dh, float* gates, float* biasSums)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint lanes = TLanes.Count, row = hidden * lanes;
        var one = TLanes.Broadcast(1);
        for (nint place = 0; place < row; place += lanes)
        {
            float* kept = h + place, gate = gates + place, sum = biasSums + place;
            TVector r = TLanes.Load(kept + row), z = TLanes.Load(kept + 2 * row), n = TLanes.Load(kept + 3 * row), product = TLanes.Load(kept + 4 * row);
            var dOut = TLanes.Load(dh + place);
            if (dy != null) dOut = TLanes.Add(dOut, TLanes.Load(dy + place));
            var passed = TLanes.Multiply(dOut, z);
            var dn = TLanes.Multiply(Subtract<TVector, TLanes>(dOut, passed), Subtract<TVector, TLanes>(one, TLanes.Multiply(n, n)));
            var dnr = TLanes.Multiply(dn, r);
            Keep<TVector, TLanes>(dn, gate, sum);
            Keep<TVector, TLanes>(TLanes.Multiply(TLanes.Multiply(dnr, product), Subtract<TVector, TLanes>(one, r)), gate + row, sum + row);
            Keep<TVector, TLanes>(TLanes.Multiply(TLanes.Multiply(passed, Subtract<TVector, TLanes>(one, z)), Subtract<TVector, TLanes>(TLanes.Load(kept), n)), gate + 2 * row, sum + 2 * row);
            Keep<TVector, TLanes>(dnr, gate + 3 * row, sum + 3 * row);
            TLanes.Store(passed, dh + place);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PlainBackward<TVector, TLanes>(int hidden, float* nextH, float* dy, float* dh, bool tanh, float* gates, float* biasSums)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint lanes = TLanes.Count, row = hidden * lanes;
        TVector zero = TLanes.Broadcast(0), one = TLanes.Broadcast(1);
        for (nint place = 0; place < row; place += lanes)
        {
            TVector h = TLanes.Load(nextH + place), dOut = TLanes.Load(dh + place);
            if (dy != null) dOut = TLanes.Add(dOut, TLanes.Load(dy + place));
            var gate = tanh ? TLanes.Multiply(dOut, Subtract<TVector, TLanes>(one, TLanes.Multiply(h, h))) : TLanes.SelectLess(zero, h, dOut, zero);
            Keep<TVector, TLanes>(gate, gates + place, biasSums + place);
        }
    }
}
