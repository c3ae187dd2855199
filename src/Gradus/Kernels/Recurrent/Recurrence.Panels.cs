using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <content>
/// The weight gradients of large layers, dW[gate, operand] = the sum over sequences and steps of gate gradient times operand:
/// a matrix product whose operands never were matrices. The records stay as they are, since a broadcast may come from
/// anywhere; only the gate gradients are turned, a step at a time while they are in the level-1 cache.
/// </content>
internal static unsafe partial class Recurrence
{
    /// <summary>Operands of a register block: 6 rows of two vectors are 12 sums, and leave room for the operands in 16 registers.</summary>
    internal const int OuterRows = 6;

    private const int PanelsPerTask = 2;
    private const int PanelDepth = 192; // sequences and steps at a time: 24 KiB of a panel, in the 32 KiB level-1 cache

    private static void SumPanels(in Job job)
    {
        var shape = job.Shape;
        int tasks = (shape.GradientPanels + PanelsPerTask - 1) / PanelsPerTask, scratch = PanelsPerTask * (shape.Input + shape.Hidden) * RecurrentShape.PanelWidth;
        long work = (long)shape.GradientRows * (shape.Input + shape.Hidden) * shape.Tiles * shape.Time;
        if (work >= WorkForTeam) Workers.Run(tasks, (job, 0), PanelsBody, scratch);
        else for (int task = 0; task < tasks; task++) Workers.Run(1, (job, task), PanelsBody, scratch);
    }

    private static readonly Action<(Job Job, int First), int> PanelsBody = static (state, task) =>
    {
        if (Vector512.IsHardwareAccelerated) SumPanels<Vector512<float>, Lanes512>(state.Job, state.First + task);
        else if (Vector256.IsHardwareAccelerated) SumPanels<Vector256<float>, Lanes256>(state.Job, state.First + task);
        else if (Vector128.IsHardwareAccelerated) SumPanels<Vector128<float>, Lanes128>(state.Job, state.First + task);
        else SumPanels<float, ScalarLanes>(state.Job, state.First + task);
    };

    private static void SumPanels<TVector, TLanes>(in Job job, int task)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var shape = job.Shape;
        int first = task * PanelsPerTask, end = Math.Min(first + PanelsPerTask, shape.GradientPanels);
        nint width = RecurrentShape.PanelWidth, panelLength = (nint)shape.PaddedBatch * shape.Time * width, sumsLength = (shape.Input + shape.Hidden) * width;
        float* sums = Workers.Scratch;
        if (panelLength == 0) new Span<float>(sums, (int)sumsLength * PanelsPerTask).Clear();
        for (int tile = 0; tile < shape.Tiles; tile++)
        {
            int lanes = shape.LanesOf(tile), stepsAtOnce = PanelDepth / lanes;
            nint before = (nint)tile * RecurrentShape.Widest, recordLength = (nint)shape.RecordRows * lanes;
            float* records = job.Records + before * shape.RecordRows * (shape.Time + 1), gradients = job.Gradients + before * shape.Time * width;
            for (int step = 0; step < shape.Time; step += stepsAtOnce)
            {
                int steps = Math.Min(stepsAtOnce, shape.Time - step);
                for (int panel = first; panel < end; panel++)
                {
                    float* block = gradients + panel * panelLength + (nint)step * lanes * width;
                    SumOuterProducts<TVector, TLanes>(job, panel, lanes, records + step * recordLength, block, steps, sums + (panel - first) * sumsLength, tile + step > 0);
                }
            }
        }

        for (int panel = first; panel < end; panel++) WriteWeightGradients(job, panel, sums + (panel - first) * sumsLength);
    }

    /// <summary>sums [operand, PanelWidth] (+)= the steps of one tile, of those operands that meet the panel's gates.</summary>
    private static void SumOuterProducts<TVector, TLanes>(in Job job, int panel, int lanes, float* records, float* gradients, int steps, float* sums, bool accumulate)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var shape = job.Shape;
        int width = RecurrentShape.PanelWidth, gate = panel * width;
        int row = job.DWeightIh != null && gate < shape.Gates * shape.Hidden ? 0 : shape.Input;
        int end = job.DWeightHh != null && gate + width > shape.HiddenGradientRow ? shape.Input + shape.Hidden : shape.Input;
        nint recordLength = (nint)shape.RecordRows * lanes;
        for (; row < end; row += OuterRows)
        {
            float* operands = records + row * lanes, target = sums + row * width;
            int rows = Math.Min(OuterRows, end - row);
            switch (lanes)
            {
                case 16: OuterProducts<TVector, TLanes, Vector512<float>, Lanes512>(operands, recordLength, gradients, steps, target, rows, accumulate); break;
                case 8: OuterProducts<TVector, TLanes, Vector256<float>, Lanes256>(operands, recordLength, gradients, steps, target, rows, accumulate); break;
                case 4: OuterProducts<TVector, TLanes, Vector128<float>, Lanes128>(operands, recordLength, gradients, steps, target, rows, accumulate); break;
                default: OuterProducts<TVector, TLanes, float, ScalarLanes>(operands, recordLength, gradients, steps, target, rows, accumulate); break;
            }
        }
    }

    /// <summary>The register block. A tile's lanes are a constant for the compiler: the operands of one lane lie so many floats apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OuterProducts<TVector, TLanes, TTileVector, TTileLanes>(
        float* operands, nint recordLength, float* gradients, int steps, float* sums, int rows, bool accumulate)
        where TVector : struct
        where TLanes : ILanes<TVector>
        where TTileVector : struct
        where TTileLanes : ILanes<TTileVector>
    {
        TVector left0 = default, left1 = default, left2 = default, left3 = default, left4 = default, left5 = default;
        TVector right0 = default, right1 = default, right2 = default, right3 = default, right4 = default, right5 = default;
        for (; steps > 0; steps--, operands += recordLength)
        {
            float* operand = operands;
            for (float* end = operands + TTileLanes.Count; operand < end; operand++, gradients += 2 * TLanes.Count)
            {
                TVector left = TLanes.Load(gradients), right = TLanes.Load(gradients + TLanes.Count);
                AddProducts<TVector, TLanes>(operand[0], left, right, ref left0, ref right0);
                AddProducts<TVector, TLanes>(operand[TTileLanes.Count], left, right, ref left1, ref right1);
                AddProducts<TVector, TLanes>(operand[2 * TTileLanes.Count], left, right, ref left2, ref right2);
                AddProducts<TVector, TLanes>(operand[3 * TTileLanes.Count], left, right, ref left3, ref right3);
                AddProducts<TVector, TLanes>(operand[4 * TTileLanes.Count], left, right, ref left4, ref right4);
                AddProducts<TVector, TLanes>(operand[5 * TTileLanes.Count], left, right, ref left5, ref right5);
            }
        }

        nint width = 2 * TLanes.Count;
        WriteSums<TVector, TLanes>(left0, right0, sums, accumulate);
        if (rows > 1) WriteSums<TVector, TLanes>(left1, right1, sums + width, accumulate);
        if (rows > 2) WriteSums<TVector, TLanes>(left2, right2, sums + 2 * width, accumulate);
        if (rows > 3) WriteSums<TVector, TLanes>(left3, right3, sums + 3 * width, accumulate);
        if (rows > 4) WriteSums<TVector, TLanes>(left4, right4, sums + 4 * width, accumulate);
        if (rows > 5) WriteSums<TVector, TLanes>(left5, right5, sums + 5 * width, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddProducts<TVector, TLanes>(float operand, TVector left, TVector right, ref TVector leftSum, ref TVector rightSum)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var broadcast = TLanes.Broadcast(operand);
        leftSum = TLanes.MultiplyAdd(broadcast, left, leftSum);
        rightSum = TLanes.MultiplyAdd(broadcast, right, rightSum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteSums<TVector, TLanes>(TVector left, TVector right, float* sums, bool accumulate)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TLanes.Store(accumulate ? TLanes.Add(left, TLanes.Load(sums)) : left, sums);
        TLanes.Store(accumulate ? TLanes.Add(right, TLanes.Load(sums + TLanes.Count)) : right, sums + TLanes.Count);
    }

    /// <summary>A panel's sums, turned into rows of the weight gradients. A GRU's n stands before r and z, and in the weights behind them.</summary>
    private static void WriteWeightGradients(in Job job, int panel, float* sums)
    {
        var shape = job.Shape;
        int gates = shape.Gates * shape.Hidden, split = shape.Cell == RecurrentCell.Gru ? shape.Hidden : 0;
        WriteRows(job.DWeightIh, panel, sums, split, gates, shape.Input, 0);
        WriteRows(job.DWeightIh, panel, sums, 0, split, shape.Input, gates - split);
        WriteRows(job.DWeightHh, panel, sums + shape.Input * RecurrentShape.PanelWidth, shape.HiddenGradientRow, shape.HiddenGradientRow + gates, shape.Hidden, 0);
    }

    /// <summary>Those of the gates first ... end that stand in the panel; <paramref name="first"/> goes to <paramref name="row"/> of the target.</summary>
    private static void WriteRows(float* target, int panel, float* sums, int first, int end, int operands, int row)
    {
        int width = RecurrentShape.PanelWidth, column = panel * width, from = Math.Max(first, column), count = Math.Min(end, column + width) - from;
        if (target != null && count > 0) Transposition.Copy(sums + from - column, width, operands, count, target + (nint)(row + from - first) * operands, operands);
    }
}
