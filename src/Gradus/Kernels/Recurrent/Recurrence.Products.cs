using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <content>
/// Weights times lanes: a block of 12 rows keeps its sums in registers, reads one vector per step of the depth and 12
/// weights that are packed side by side. Each weight is a scalar, so the caches deliver only 4 bytes per multiply-add of a vector.
/// </content>
internal static unsafe partial class Recurrence
{
    /// <summary>Sums of one block: with the operand and a broadcast they fit 16 registers, and hide the latency of two multiply-adds a cycle.</summary>
    internal const int BlockRows = 12;

    private const int PackingAlone = 30_000; // floats, a few µs: less is packed without waking the team

    /// <summary>sums[12] = initial + packed [depth, 12] · operand [depth]; initial is one scalar a row, or null and then the sums as they stand or zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product<TVector, TLanes>(float* packed, float* operand, nint depth, float* sums, float* initial, bool accumulate)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        TVector s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        TVector s6 = default, s7 = default, s8 = default, s9 = default, s10 = default, s11 = default;
        int lanes = TLanes.Count;
        if (initial != null)
        {
            (s0, s1, s2, s3) = (TLanes.Broadcast(initial[0]), TLanes.Broadcast(initial[1]), TLanes.Broadcast(initial[2]), TLanes.Broadcast(initial[3]));
            (s4, s5, s6, s7) = (TLanes.Broadcast(initial[4]), TLanes.Broadcast(initial[5]), TLanes.Broadcast(initial[6]), TLanes.Broadcast(initial[7]));
            (s8, s9, s10, s11) = (TLanes.Broadcast(initial[8]), TLanes.Broadcast(initial[9]), TLanes.Broadcast(initial[10]), TLanes.Broadcast(initial[11]));
        }
        else if (accumulate)
        {
            (s0, s1, s2, s3) = (TLanes.Load(sums), TLanes.Load(sums + lanes), TLanes.Load(sums + 2 * lanes), TLanes.Load(sums + 3 * lanes));
            (s4, s5, s6, s7) = (TLanes.Load(sums + 4 * lanes), TLanes.Load(sums + 5 * lanes), TLanes.Load(sums + 6 * lanes), TLanes.Load(sums + 7 * lanes));
            (s8, s9, s10, s11) = (TLanes.Load(sums + 8 * lanes), TLanes.Load(sums + 9 * lanes), TLanes.Load(sums + 10 * lanes), TLanes.Load(sums + 11 * lanes));
        }

        for (; depth > 0; depth--)
        {
            var x = TLanes.Load(operand);
            s0 = TLanes.MultiplyAdd(TLanes.Broadcast(packed[0]), x, s0);
            s1 = TLanes.MultiplyAdd(TLanes.Broadcast(packed[1]), x, s1);
            s2 = TLanes.MultiplyAdd(TLanes.Broadcast(packed[2]), x, s2);
            s3 = TLanes.MultiplyAdd(TLanes.Broadcast(packed[3]), x, s3);
            s4 = TLanes.MultiplyAdd(TLanes.Broadcast(packed[4]), x, s4);
            s5 = TLanes.MultiplyAdd(TLanes.Broadcast(packed[5]), x, s5);
            s6 = TLanes.MultiplyAdd(TLanes.Broadcast(packed[6]), x, s6);
            s7 = TLanes.MultiplyAdd(TLanes.Broadcast(packed[7]), x, s7);
            s8 = TLanes.MultiplyAdd(TLanes.Broadcast(packed[8]), x, s8);
            s9 = TLanes.MultiplyAdd(TLanes.Broadcast(packed[9]), x, s9);
            s10 = TLanes.MultiplyAdd(TLanes.Broadcast(packed[10]), x, s10);
            s11 = TLanes.MultiplyAdd(TLanes.Broadcast(packed[11]), x, s11);
            packed += BlockRows;
            operand += lanes;
        }

        TLanes.Store(s0, sums);
        TLanes.Store(s1, sums + lanes);
        TLanes.Store(s2, sums + 2 * lanes);
        TLanes.Store(s3, sums + 3 * lanes);
        TLanes.Store(s4, sums + 4 * lanes);
        TLanes.Store(s5, sums + 5 * lanes);
        TLanes.Store(s6, sums + 6 * lanes);
        TLanes.Store(s7, sums + 7 * lanes);
        TLanes.Store(s8, sums + 8 * lanes);
        TLanes.Store(s9, sums + 9 * lanes);
        TLanes.Store(s10, sums + 10 * lanes);
        TLanes.Store(s11, sums + 11 * lanes);
    }

    private static void PackForward(in Job job)
    {
        int blocks = job.Shape.UnitBlocks;
        if ((job.Shape.Input + job.Shape.Hidden) * blocks * BlockRows >= PackingAlone) Workers.Run(blocks, job, static (job, block) => PackUnits(job, block));
        else for (int block = 0; block < blocks; block++) PackUnits(job, block);
    }

    /// <summary>One block of hidden units, all gates: two rows of biases (of the input product, of the hidden one), then the weights by depth.</summary>
    private static void PackUnits(in Job job, int block)
    {
        var shape = job.Shape;
        int hidden = shape.Hidden, input = shape.Input, units = shape.UnitsPerBlock, first = block * units, count = Math.Min(units, hidden - first);
        float* packed = job.Packed + (nint)block * (input + hidden + 2) * BlockRows, weights = packed + 2 * BlockRows;
        if (count < units) new Span<float>(packed, (input + hidden + 2) * BlockRows).Clear();

        // The LSTM's four gates of a unit stand together, else the units of a gate: groups of rows with one stride, for the transposition.
        bool byUnit = shape.Cell == RecurrentCell.Lstm;
        for (int group = 0; group < (byUnit ? count : shape.Gates); group++)
        {
            int row = byUnit ? first + group : group * hidden + first, stride = byUnit ? hidden : 1;
            int rows = byUnit ? shape.Gates : count, place = group * (byUnit ? shape.Gates : units);
            Transposition.Copy(job.WeightIh + (nint)row * input, (nint)stride * input, rows, input, weights + place, BlockRows);
            Transposition.Copy(job.WeightHh + (nint)row * hidden, (nint)stride * hidden, rows, hidden, weights + input * BlockRows + place, BlockRows);
            for (int i = 0; i < rows; i++)
            {
                float biasIh = job.BiasIh == null ? 0 : job.BiasIh[row + i * stride], biasHh = job.BiasHh == null ? 0 : job.BiasHh[row + i * stride];
                bool apart = shape.Cell == RecurrentCell.Gru; // the reset gate scales the hidden product with its bias, and it alone
                packed[place + i] = apart ? biasIh : biasIh + biasHh;
                packed[BlockRows + place + i] = apart ? biasHh : 0;
            }
        }
    }

    private static void PackBackward(in Job job)
    {
        int blocks = job.Shape.HiddenBlocks + (job.DInput == null ? 0 : job.Shape.InputBlocks);
        if (blocks * BlockRows * job.Shape.Gates * job.Shape.Hidden >= PackingAlone) Workers.Run(blocks, job, static (job, block) => PackTransposed(job, block));
        else for (int block = 0; block < blocks; block++) PackTransposed(job, block);
    }

    /// <summary>Twelve columns of a weight matrix, in the order of the gate gradients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackTransposed(in Job job, int block)
    {
        var shape = job.Shape;
        nint depth = shape.Gates * shape.Hidden;
        bool isHidden = block < shape.HiddenBlocks;
        int width = isHidden ? shape.Hidden : shape.Input, column = (isHidden ? block : block - shape.HiddenBlocks) * BlockRows;
        int count = Math.Min(BlockRows, width - column);
        float* packed = job.Packed + block * BlockRows * depth, weights = (isHidden ? job.WeightHh : job.WeightIh) + column;
        nint row = !isHidden && shape.Cell == RecurrentCell.Gru ? 2 * shape.Hidden : 0; // n before r and z
        for (nint i = 0; i < depth; i++, packed += BlockRows)
        {
            float* source = weights + row * width;
            if (count == BlockRows)
            {
                Vector128.Load(source).Store(packed);
                Vector128.Load(source + 4).Store(packed + 4);
                Vector128.Load(source + 8).Store(packed + 8);
            }
            else
            {
                for (int j = 0; j < BlockRows; j++) packed[j] = j < count ? source[j] : 0;
            }

            if (++row == depth) row = 0;
        }
    }
}
