namespace Gradus.Kernels;

/// <content>Between rows (one sequence after the other) and lanes (one feature of all the tile's sequences in one vector).</content>
internal static unsafe partial class Recurrence
{
    /// <summary>Rows of the running sequences at one step into lanes; lanes without a sequence, or past its end, become 0.</summary>
    private static void ReadStep(in TileView tile, float* rows, int width, int step, float* lanes)
    {
        if (tile.Sequences < tile.Lanes || step >= tile.Shortest) new Span<float>(lanes, width * tile.Lanes).Clear();
        if (tile.Uniform)
        {
            Transposition.Copy(rows + tile.Row(0, step) * width, (nint)tile.Time * width, tile.Sequences, width, lanes, tile.Lanes);
            return;
        }

        for (int i = 0; i < tile.Sequences; i++)
        {
            if (step < tile.LengthOf(i)) Transposition.Copy(rows + tile.Row(i, step) * width, width, 1, width, lanes + i, tile.Lanes);
        }
    }

    /// <summary>Lanes into the rows of the sequences that run at this step.</summary>
    private static void WriteStep(in TileView tile, float* lanes, int width, int step, float* rows)
    {
        if (tile.Uniform)
        {
            Transposition.Copy(lanes, tile.Lanes, width, tile.Sequences, rows + tile.Row(0, step) * width, (nint)tile.Time * width);
            return;
        }

        for (int i = 0; i < tile.Sequences; i++)
        {
            if (step < tile.LengthOf(i)) Transposition.Copy(lanes + i, tile.Lanes, width, 1, rows + tile.Row(i, step) * width, width);
        }
    }

    /// <summary>Zero in every row past the end of its sequence.</summary>
    private static void ClearPastEnd(in TileView tile, int width, float* rows)
    {
        for (int i = 0; i < tile.Sequences; i++)
        {
            int length = tile.LengthOf(i);
            new Span<float>(rows + ((nint)(tile.First + i) * tile.Time + length) * width, (tile.Time - length) * width).Clear();
        }
    }

    /// <summary>One state [batch, hidden] into lanes; absent means zero.</summary>
    private static void ReadState(in TileView tile, float* state, int hidden, float* lanes)
    {
        if (state == null || tile.Sequences < tile.Lanes) new Span<float>(lanes, hidden * tile.Lanes).Clear();
        if (state != null) Transposition.Copy(state + (nint)tile.First * hidden, hidden, tile.Sequences, hidden, lanes, tile.Lanes);
    }

    private static void WriteState(in TileView tile, float* lanes, int hidden, float* state)
    {
        if (state != null) Transposition.Copy(lanes, tile.Lanes, hidden, tile.Sequences, state + (nint)tile.First * hidden, hidden);
    }

    /// <summary>Takes the lanes of sequences that are over at this step from <paramref name="source"/>, or zeroes them where it is null.</summary>
    private static void ReplaceEnded(in TileView tile, int step, float* target, float* source, int rows)
    {
        for (int i = 0; i < tile.Sequences; i++)
        {
            if (step < tile.LengthOf(i)) continue;
            for (nint j = 0; j < rows; j++) target[j * tile.Lanes + i] = source == null ? 0 : source[j * tile.Lanes + i];
        }
    }

    /// <summary>The sequences that share a tile, one to a lane.</summary>
    private readonly struct TileView
    {
        private readonly int* _lengths; // of all the batch; null: all full
        private readonly bool _reverse;

        public TileView(in Job job, int tile)
        {
            var shape = job.Shape;
            _lengths = job.Lengths;
            _reverse = job.Reverse;
            Time = shape.Time;
            Lanes = shape.LanesOf(tile);
            First = tile * RecurrentShape.Widest;
            Sequences = Math.Min(Lanes, shape.Batch - First);
            Shortest = Time;
            for (int i = 0; i < Sequences; i++)
            {
                Longest = Math.Max(Longest, LengthOf(i));
                Shortest = Math.Min(Shortest, LengthOf(i));
            }
        }

        public int Lanes { get; }
        public int First { get; }
        public int Sequences { get; }
        public int Time { get; }
        public int Longest { get; }
        public int Shortest { get; }
        public bool Uniform => Shortest == Longest;

        public int LengthOf(int lane) => _lengths == null ? Time : _lengths[First + lane];

        /// <summary>The row, in [batch · time], that a sequence has reached after so many steps.</summary>
        public nint Row(int lane, int step) => (nint)(First + lane) * Time + (_reverse ? LengthOf(lane) - 1 - step : step);
    }
}
