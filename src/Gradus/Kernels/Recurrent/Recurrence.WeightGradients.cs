using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <content>dW = the sum over sequences and steps of gate gradient times operand, in one go after the last step.</content>
internal static unsafe partial class Recurrence
{
    private const int LaneRows = 4, LaneColumns = 3; // a block of weights whose 12 sums, a vector each, stay in 16 registers with both operands

    private static void WeightGradients(in Job job)
    {
        var shape = job.Shape;
        int hidden = shape.Hidden, rows = shape.Gates * hidden;
        bool reordered = shape.Cell == RecurrentCell.Gru; // the gate gradients of the input product: n before r and z
        int split = reordered ? hidden : 0;
        if (!shape.InLanes)
        {
            SumPanels(job);
        }
        else
        {
            if (job.DWeightIh != null) SumLanes(job, split, rows - split, 0, shape.Input, job.DWeightIh);
            if (job.DWeightIh != null && reordered) SumLanes(job, 0, split, 0, shape.Input, job.DWeightIh + (nint)(rows - split) * shape.Input);
            if (job.DWeightHh != null) SumLanes(job, shape.HiddenGradientRow, rows, shape.Input, hidden, job.DWeightHh);
        }

        BiasGradient(job, split, rows - split, job.DBiasIh);
        if (reordered && job.DBiasIh != null) BiasGradient(job, 0, split, job.DBiasIh + rows - split);
        if (!reordered && job.DBiasIh != null && job.DBiasHh != null) new Span<float>(job.DBiasIh, rows).CopyTo(new Span<float>(job.DBiasHh, rows)); // they are added: one gradient
        else BiasGradient(job, shape.HiddenGradientRow, rows, job.DBiasHh);
    }

    private static void SumLanes(in Job job, int firstRow, int rows, int firstColumn, int columns, float* target)
    {
        var shape = job.Shape;
        int whole = shape.Batch == 0 ? 0 : shape.LanesOf(shape.Tiles - 1) == RecurrentShape.Widest ? shape.Tiles : shape.Tiles - 1;
        if (Vector512.IsHardwareAccelerated) SumLanes<Vector512<float>, Lanes512>(job, 0, whole, firstRow, rows, firstColumn, columns, target);
        else if (Vector256.IsHardwareAccelerated) SumLanes<Vector256<float>, Lanes256>(job, 0, whole, firstRow, rows, firstColumn, columns, target);
        else if (Vector128.IsHardwareAccelerated) SumLanes<Vector128<float>, Lanes128>(job, 0, whole, firstRow, rows, firstColumn, columns, target);
        else SumLanes<float, ScalarLanes>(job, 0, whole, firstRow, rows, firstColumn, columns, target);
        if (whole == shape.Tiles) return;
        if (shape.LanesOf(whole) == 8) SumLanes<Vector256<float>, Lanes256>(job, whole, 1, firstRow, rows, firstColumn, columns, target);
        else SumLanes<Vector128<float>, Lanes128>(job, whole, 1, firstRow, rows, firstColumn, columns, target);
    }

    /// <summary>Over all steps of some tiles, where gradients and operands lie; adds to the target unless the tiles are the first.</summary>
    private static void SumLanes<TVector, TLanes>(in Job job, int firstTile, int tiles, int firstRow, int rows, int firstColumn, int columns, float* target)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var shape = job.Shape;
        int lanes = TLanes.Count;
        nint first = (nint)firstTile * RecurrentShape.Widest;
        float* gradients = job.Gradients + first * shape.Time * shape.GradientRows + firstRow * lanes;
        float* records = job.Records + first * (shape.Time + 1) * shape.RecordRows + firstColumn * lanes;
        for (int i = 0; i < rows; i += LaneRows)
        {
            for (int j = 0; j < columns; j += LaneColumns)
            {
                SumBlock<TVector, TLanes>(
                    shape, tiles, gradients + i * lanes, records + j * lanes, Math.Min(LaneRows, rows - i), Math.Min(LaneColumns, columns - j), target + (nint)i * columns + j, columns, firstTile > 0);
            }
        }
    }

    /// <summary>A block at the edge repeats its last row and column, and does not write them twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumBlock<TVector, TLanes>(
        in RecurrentShape shape, int tiles, float* gradients, float* records, int rows, int columns, float* target, nint stride, bool accumulate)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint lanes = TLanes.Count, gradientStep = shape.GradientRows * lanes, recordStep = shape.RecordRows * lanes;
        nint row1 = rows > 1 ? lanes : 0, row2 = rows > 2 ? 2 * lanes : 0, row3 = rows > 3 ? 3 * lanes : 0;
        nint column1 = columns > 1 ? lanes : 0, column2 = columns > 2 ? 2 * lanes : 0;
        TVector s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        TVector s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        for (; tiles > 0; tiles--, records += recordStep)
        {
            for (int step = shape.Time; step > 0; step--, gradients += gradientStep, records += recordStep)
            {
                TVector x0 = TLanes.Load(records), x1 = TLanes.Load(records + column1), x2 = TLanes.Load(records + column2);
                var g = TLanes.Load(gradients);
                (s00, s01, s02) = (TLanes.MultiplyAdd(g, x0, s00), TLanes.MultiplyAdd(g, x1, s01), TLanes.MultiplyAdd(g, x2, s02));
                g = TLanes.Load(gradients + row1);
                (s10, s11, s12) = (TLanes.MultiplyAdd(g, x0, s10), TLanes.MultiplyAdd(g, x1, s11), TLanes.MultiplyAdd(g, x2, s12));
                g = TLanes.Load(gradients + row2);
                (s20, s21, s22) = (TLanes.MultiplyAdd(g, x0, s20), TLanes.MultiplyAdd(g, x1, s21), TLanes.MultiplyAdd(g, x2, s22));
                g = TLanes.Load(gradients + row3);
                (s30, s31, s32) = (TLanes.MultiplyAdd(g, x0, s30), TLanes.MultiplyAdd(g, x1, s31), TLanes.MultiplyAdd(g, x2, s32));
            }
        }

        WriteSums(TLanes.Sum(s00), TLanes.Sum(s01), TLanes.Sum(s02), columns, target, accumulate);
        if (rows > 1) WriteSums(TLanes.Sum(s10), TLanes.Sum(s11), TLanes.Sum(s12), columns, target + stride, accumulate);
        if (rows > 2) WriteSums(TLanes.Sum(s20), TLanes.Sum(s21), TLanes.Sum(s22), columns, target + 2 * stride, accumulate);
        if (rows > 3) WriteSums(TLanes.Sum(s30), TLanes.Sum(s31), TLanes.Sum(s32), columns, target + 3 * stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteSums(float first, float second, float third, int columns, float* target, bool accumulate)
    {
        target[0] = accumulate ? target[0] + first : first;
        if (columns > 1) target[1] = accumulate ? target[1] + second : second;
        if (columns > 2) target[2] = accumulate ? target[2] + third : third;
    }

    private static void BiasGradient(in Job job, int firstRow, int rows, float* target)
    {
        if (target == null) return;
        var shape = job.Shape;
        for (int row = 0; row < rows; row++)
        {
            float sum = 0;
            for (int tile = 0; tile < shape.Tiles; tile++)
            {
                int lanes = shape.LanesOf(tile);
                float* sums = job.BiasSums + (nint)tile * RecurrentShape.Widest * shape.GradientRows + (nint)(firstRow + row) * lanes;
                sum += lanes switch
                {
                    16 => Vector512.Sum(Vector512.Load(sums)),
                    8 => Vector256.Sum(Vector256.Load(sums)),
                    4 => Vector128.Sum(Vector128.Load(sums)),
                    _ => *sums,
                };
            }

            target[row] = sum;
        }
    }
}
