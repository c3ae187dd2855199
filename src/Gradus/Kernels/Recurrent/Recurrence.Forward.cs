using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <content>
/// A tile forward. A record per step holds, in lanes: the input, h before the step, and what the cell keeps (LSTM: c before
/// the step, i, f, g, o, tanh of the new c; GRU: r, z, n, n's hidden product). Input and h lie together, so that both
/// products are one. Without saving, two records take turns.
/// </content>
internal static unsafe partial class Recurrence
{
    private static void ForwardTile(in Job job, int tile)
    {
        switch (job.Shape.LanesOf(tile))
        {
            case 16: ForwardTile<Vector512<float>, Lanes512>(job, tile); break;
            case 8: ForwardTile<Vector256<float>, Lanes256>(job, tile); break;
            case 4: ForwardTile<Vector128<float>, Lanes128>(job, tile); break;
            default: ForwardTile<float, ScalarLanes>(job, tile); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardTile<TVector, TLanes>(in Job job, int tile)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        var shape = job.Shape;
        var view = new TileView(job, tile);
        int hidden = shape.Hidden, stateRows = shape.Cell == RecurrentCell.Lstm ? 2 * hidden : hidden; // h, or h and c
        nint lanes = TLanes.Count, length = shape.RecordRows * lanes, state = shape.Input * lanes;
        float* records = job.Records + view.First * (nint)shape.RecordRows * (job.Saves ? shape.Time + 1 : 2);
        float* current = records;
        ReadState(view, job.InitialH, hidden, current + state);
        if (shape.Cell == RecurrentCell.Lstm) ReadState(view, job.InitialC, hidden, current + state + hidden * lanes);

        for (int step = 0; step < view.Longest; step++)
        {
            float* next = job.Saves || current == records ? current + length : records;
            ReadStep(view, job.Input, shape.Input, step, current);
            ForwardStep<TVector, TLanes>(shape, job.Packed, current, next);
            if (step >= view.Shortest) ReplaceEnded(view, step, next + state, current + state, stateRows);
            if (job.Output != null) WriteStep(view, next + state, hidden, step, job.Output);
            current = next;
        }

        WriteState(view, current + state, hidden, job.FinalH);
        if (shape.Cell == RecurrentCell.Lstm) WriteState(view, current + state + hidden * lanes, hidden, job.FinalC);
        if (job.Output != null && view.Shortest < shape.Time) ClearPastEnd(view, hidden, job.Output);
        if (job.Saves && view.Longest < shape.Time)
        {
            // No step read them, yet the weight gradients run over all steps: zero times an arbitrary number might be NaN.
            new Span<float>(current, (int)state).Clear();
            new Span<float>(current + length, (int)length * (shape.Time - view.Longest)).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardStep<TVector, TLanes>(in RecurrentShape shape, float* packed, float* current, float* next)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int hidden = shape.Hidden, units = shape.UnitsPerBlock;
        nint lanes = TLanes.Count, depth = shape.Input + hidden, row = hidden * lanes;
        float* sums = Workers.Scratch, hiddenSums = sums + BlockRows * lanes;
        float* h = current + shape.Input * lanes, nextH = next + shape.Input * lanes;
        for (int first = 0; first < hidden; first += units, packed += (depth + 2) * BlockRows)
        {
            float* weights = packed + 2 * BlockRows;
            nint place = first * lanes;
            int count = Math.Min(units, hidden - first);
            switch (shape.Cell)
            {
                case RecurrentCell.Lstm:
                    Product<TVector, TLanes>(weights, current, depth, sums, packed, false);
                    LongShortTerm<TVector, TLanes>(sums, count, h + place, row, nextH + place);
                    break;
                case RecurrentCell.Gru:
                    Product<TVector, TLanes>(weights, current, shape.Input, sums, packed, false);
                    Product<TVector, TLanes>(weights + shape.Input * BlockRows, h, hidden, hiddenSums, packed + BlockRows, false);
                    Gated<TVector, TLanes>(sums, hiddenSums, count, h + place, row, nextH + place);
                    break;
                default:
                    Product<TVector, TLanes>(weights, current, depth, sums, packed, false);
                    Plain<TVector, TLanes>(sums, count, shape.Cell == RecurrentCell.Tanh, nextH + place);
                    break;
            }
        }
    }

    /// <summary>sums: i, f, g, o of each unit; h and what follows it in the record lie a row apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LongShortTerm<TVector, TLanes>(float* sums, int count, float* h, nint row, float* nextH)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint lanes = TLanes.Count;
        for (; count > 0; count--, sums += 4 * lanes, h += lanes, nextH += lanes)
        {
            var i = VectorMath.Sigmoid<TVector, TLanes>(TLanes.Load(sums));
            var f = VectorMath.Sigmoid<TVector, TLanes>(TLanes.Load(sums + lanes));
            var g = VectorMath.Tanh<TVector, TLanes>(TLanes.Load(sums + 2 * lanes));
            var o = VectorMath.Sigmoid<TVector, TLanes>(TLanes.Load(sums + 3 * lanes));
            var c = TLanes.MultiplyAdd(f, TLanes.Load(h + row), TLanes.Multiply(i, g));
            var squashed = VectorMath.Tanh<TVector, TLanes>(c);
            TLanes.Store(i, h + 2 * row);
            TLanes.Store(f, h + 3 * row);
            TLanes.Store(g, h + 4 * row);
            TLanes.Store(o, h + 5 * row);
            TLanes.Store(squashed, h + 6 * row);
            TLanes.Store(c, nextH + row);
            TLanes.Store(TLanes.Multiply(o, squashed), nextH);
        }
    }

    /// <summary>sums: four units of r, of z, of n, from the input and from h.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gated<TVector, TLanes>(float* sums, float* hiddenSums, int count, float* h, nint row, float* nextH)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint lanes = TLanes.Count, gate = BlockRows / 3 * lanes;
        for (; count > 0; count--, sums += lanes, hiddenSums += lanes, h += lanes, nextH += lanes)
        {
            var r = VectorMath.Sigmoid<TVector, TLanes>(TLanes.Add(TLanes.Load(sums), TLanes.Load(hiddenSums)));
            var z = VectorMath.Sigmoid<TVector, TLanes>(TLanes.Add(TLanes.Load(sums + gate), TLanes.Load(hiddenSums + gate)));
            var product = TLanes.Load(hiddenSums + 2 * gate);
            var n = VectorMath.Tanh<TVector, TLanes>(TLanes.MultiplyAdd(r, product, TLanes.Load(sums + 2 * gate)));
            TLanes.Store(r, h + row);
            TLanes.Store(z, h + 2 * row);
            TLanes.Store(n, h + 3 * row);
            TLanes.Store(product, h + 4 * row);
            TLanes.Store(TLanes.MultiplyAdd(z, Subtract<TVector, TLanes>(TLanes.Load(h), n), n), nextH);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Plain<TVector, TLanes>(float* sums, int count, bool tanh, float* nextH)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint lanes = TLanes.Count;
        for (; count > 0; count--, sums += lanes, nextH += lanes)
        {
            var sum = TLanes.Load(sums);
            TLanes.Store(tanh ? VectorMath.Tanh<TVector, TLanes>(sum) : TLanes.Rectify(sum), nextH);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Subtract<TVector, TLanes>(TVector left, TVector right)
        where TVector : struct
        where TLanes : ILanes<TVector> => TLanes.MultiplyAdd(right, TLanes.Broadcast(-1), left);
}
