namespace Gradus.Kernels;

/// <summary>
/// A recurrent layer over whole sequences, one layer in one direction, forward and backward: LSTM, GRU and plain RNN.
/// </summary>
/// <remarks>
/// Hochreiter and Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735; Cho et al. 2014, https://arxiv.org/abs/1406.1078,
/// in the variant of https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html; Elman 1990.
/// Lanes run over the batch: a tile of as many sequences as a vector has lanes goes through all steps without waiting for
/// another. A sequence's numbers do not depend on its neighbours, and the sums over the batch run in an order that the
/// sizes alone decide: the bits do not depend on <see cref="Workers.Threads"/>. A warm call allocates nothing.
/// </remarks>
internal static unsafe partial class Recurrence
{
    /// <summary>The whole sequence forward.</summary>
    /// <param name="shape">Cell and sizes.</param>
    /// <param name="lengths">[batch], each 0 ... time; empty: all full. Steps past the length output 0 and leave the state.</param>
    /// <param name="reverse">Start at each sequence's last step.</param>
    /// <param name="input">[batch, time, input].</param>
    /// <param name="weightIh">[gates · hidden, input].</param>
    /// <param name="weightHh">[gates · hidden, hidden].</param>
    /// <param name="biasIh">[gates · hidden]; empty for none.</param>
    /// <param name="biasHh">[gates · hidden]; empty for none.</param>
    /// <param name="initialH">[batch, hidden]; empty: zero.</param>
    /// <param name="initialC">[batch, hidden], of an LSTM; empty: zero.</param>
    /// <param name="output">[batch, time, hidden]; empty where only the final state is wanted.</param>
    /// <param name="finalH">[batch, hidden]; empty where not wanted.</param>
    /// <param name="finalC">[batch, hidden], of an LSTM; empty where not wanted.</param>
    /// <param name="saved"><see cref="RecurrentShape.SavedLength"/> floats for backward; empty for inference.</param>
    /// <param name="scratch"><see cref="RecurrentShape.ForwardScratch"/> floats.</param>
    /// <exception cref="ArgumentException">A span is shorter than its shape, or a length is out of range.</exception>
    public static void Forward(
        in RecurrentShape shape, ReadOnlySpan<int> lengths, bool reverse, ReadOnlySpan<float> input,
        ReadOnlySpan<float> weightIh, ReadOnlySpan<float> weightHh, ReadOnlySpan<float> biasIh, ReadOnlySpan<float> biasHh,
        ReadOnlySpan<float> initialH, ReadOnlySpan<float> initialC,
        Span<float> output, Span<float> finalH, Span<float> finalC, Span<float> saved, Span<float> scratch)
    {
        int state = shape.Batch * shape.Hidden, rows = shape.Gates * shape.Hidden;
        bool saves = !saved.IsEmpty;
        Check(shape, lengths);
        Require(input.Length, shape.Batch * shape.Time * shape.Input, nameof(input));
        Require(weightIh.Length, rows * shape.Input, nameof(weightIh));
        Require(weightHh.Length, rows * shape.Hidden, nameof(weightHh));
        RequireIfAny(biasIh.Length, rows, nameof(biasIh));
        RequireIfAny(biasHh.Length, rows, nameof(biasHh));
        RequireIfAny(initialH.Length, state, nameof(initialH));
        RequireIfAny(initialC.Length, state, nameof(initialC));
        RequireIfAny(output.Length, state * shape.Time, nameof(output));
        RequireIfAny(finalH.Length, state, nameof(finalH));
        RequireIfAny(finalC.Length, state, nameof(finalC));
        RequireIfAny(saved.Length, shape.SavedLength, nameof(saved));
        Require(scratch.Length, shape.ForwardScratch(saves), nameof(scratch));
        if (shape.Batch == 0) return;

        fixed (int* pLengths = lengths)
        fixed (float* pInput = input, pWeightIh = weightIh, pWeightHh = weightHh, pBiasIh = biasIh, pBiasHh = biasHh)
        fixed (float* pInitialH = initialH, pInitialC = initialC, pOutput = output, pFinalH = finalH, pFinalC = finalC, pSaved = saved, pScratch = scratch)
        {
            float* packed = Align(pScratch);
            var job = new Job
            {
                Shape = shape,
                Lengths = pLengths,
                Reverse = reverse,
                Input = pInput,
                WeightIh = pWeightIh,
                WeightHh = pWeightHh,
                BiasIh = pBiasIh,
                BiasHh = pBiasHh,
                InitialH = pInitialH,
                InitialC = pInitialC,
                Output = pOutput,
                FinalH = pFinalH,
                FinalC = pFinalC,
                Packed = packed,
                Saves = saves,
                Records = saves ? Align(pSaved) : packed + (nint)shape.UnitBlocks * (shape.Input + shape.Hidden + 2) * BlockRows,
            };
            PackForward(job);
            RunTiles(job, job.Shape.Hidden * ForwardWork, 2 * BlockRows * RecurrentShape.Widest, ForwardBody);
        }
    }

    /// <summary>The whole sequence backward. Gradients are written, not added; those whose span is empty are not computed.</summary>
    /// <param name="shape">As given to <see cref="Forward"/>.</param>
    /// <param name="lengths">As given to <see cref="Forward"/>.</param>
    /// <param name="reverse">As given to <see cref="Forward"/>.</param>
    /// <param name="weightIh">As given to <see cref="Forward"/>.</param>
    /// <param name="weightHh">As given to <see cref="Forward"/>.</param>
    /// <param name="saved">As left by <see cref="Forward"/>.</param>
    /// <param name="dOutput">[batch, time, hidden]; empty: zero. What stands past a sequence's end is not read.</param>
    /// <param name="dFinalH">[batch, hidden]; empty: zero.</param>
    /// <param name="dFinalC">[batch, hidden], of an LSTM; empty: zero.</param>
    /// <param name="dInput">[batch, time, input]; 0 past a sequence's end.</param>
    /// <param name="dWeightIh">[gates · hidden, input].</param>
    /// <param name="dWeightHh">[gates · hidden, hidden].</param>
    /// <param name="dBiasIh">[gates · hidden].</param>
    /// <param name="dBiasHh">[gates · hidden].</param>
    /// <param name="dInitialH">[batch, hidden].</param>
    /// <param name="dInitialC">[batch, hidden], of an LSTM.</param>
    /// <param name="scratch"><see cref="RecurrentShape.BackwardScratch"/> floats.</param>
    /// <exception cref="ArgumentException">A span is shorter than its shape, or a length is out of range.</exception>
    public static void Backward(
        in RecurrentShape shape, ReadOnlySpan<int> lengths, bool reverse, ReadOnlySpan<float> weightIh, ReadOnlySpan<float> weightHh, ReadOnlySpan<float> saved,
        ReadOnlySpan<float> dOutput, ReadOnlySpan<float> dFinalH, ReadOnlySpan<float> dFinalC,
        Span<float> dInput, Span<float> dWeightIh, Span<float> dWeightHh, Span<float> dBiasIh, Span<float> dBiasHh,
        Span<float> dInitialH, Span<float> dInitialC, Span<float> scratch)
    {
        int state = shape.Batch * shape.Hidden, rows = shape.Gates * shape.Hidden;
        Check(shape, lengths);
        Require(weightIh.Length, rows * shape.Input, nameof(weightIh));
        Require(weightHh.Length, rows * shape.Hidden, nameof(weightHh));
        Require(saved.Length, shape.SavedLength, nameof(saved));
        RequireIfAny(dOutput.Length, state * shape.Time, nameof(dOutput));
        RequireIfAny(dFinalH.Length, state, nameof(dFinalH));
        RequireIfAny(dFinalC.Length, state, nameof(dFinalC));
        RequireIfAny(dInput.Length, shape.Batch * shape.Time * shape.Input, nameof(dInput));
        RequireIfAny(dWeightIh.Length, rows * shape.Input, nameof(dWeightIh));
        RequireIfAny(dWeightHh.Length, rows * shape.Hidden, nameof(dWeightHh));
        RequireIfAny(dBiasIh.Length, rows, nameof(dBiasIh));
        RequireIfAny(dBiasHh.Length, rows, nameof(dBiasHh));
        RequireIfAny(dInitialH.Length, state, nameof(dInitialH));
        RequireIfAny(dInitialC.Length, state, nameof(dInitialC));
        Require(scratch.Length, shape.BackwardScratch, nameof(scratch));

        fixed (int* pLengths = lengths)
        fixed (float* pWeightIh = weightIh, pWeightHh = weightHh, pSaved = saved, pOutput = dOutput, pFinalH = dFinalH, pFinalC = dFinalC, pScratch = scratch)
        fixed (float* pInput = dInput, pDWeightIh = dWeightIh, pDWeightHh = dWeightHh, pBiasIh = dBiasIh, pBiasHh = dBiasHh, pInitialH = dInitialH, pInitialC = dInitialC)
        {
            float* packed = Align(pScratch), biasSums = packed + shape.PackedBackward, gradients = biasSums + (nint)shape.PaddedBatch * shape.GradientRows;
            var job = new Job
            {
                Shape = shape,
                Lengths = pLengths,
                Reverse = reverse,
                WeightIh = pWeightIh,
                WeightHh = pWeightHh,
                Records = Align(pSaved),
                DOutput = pOutput,
                DFinalH = pFinalH,
                DFinalC = pFinalC,
                DInput = pInput,
                DWeightIh = pDWeightIh,
                DWeightHh = pDWeightHh,
                DBiasIh = pBiasIh,
                DBiasHh = pBiasHh,
                DInitialH = pInitialH,
                DInitialC = pInitialC,
                Saves = true,
                Packed = packed,
                BiasSums = biasSums,
                Gradients = gradients,
            };
            PackBackward(job);
            RunTiles(job, job.Shape.Hidden * BackwardWork, BackwardTileScratch(shape), BackwardBody);
            WeightGradients(job);
        }
    }

    private const int ForwardWork = 24, BackwardWork = 12; // a gate's functions cost about as much as this many multiply-adds
    private const long WorkForTeam = 20_000;               // vector multiply-adds, about 6 µs: waking the team costs one or two

    private static readonly Action<(Job Job, int First), int> ForwardBody = static (state, tile) => ForwardTile(state.Job, state.First + tile);
    private static readonly Action<(Job Job, int First), int> BackwardBody = static (state, tile) => BackwardTile(state.Job, state.First + tile);

    private static void RunTiles(in Job job, int cellWork, int scratch, Action<(Job Job, int First), int> body)
    {
        var shape = job.Shape;
        long work = (long)shape.Tiles * shape.Time * shape.Gates * (shape.Hidden * (long)(shape.Input + shape.Hidden) + cellWork);
        if (work >= WorkForTeam) Workers.Run(shape.Tiles, (job, 0), body, scratch);
        else for (int tile = 0; tile < shape.Tiles; tile++) Workers.Run(1, (job, tile), body, scratch);
    }

    private static float* Align(float* memory) => (float*)(((nuint)memory + 63) & ~(nuint)63);

    private static void Check(in RecurrentShape shape, ReadOnlySpan<int> lengths)
    {
        if (lengths.IsEmpty) return;
        if (lengths.Length != shape.Batch) throw new ArgumentException($"A recurrent layer needs one length for each of {shape.Batch} sequences; got {lengths.Length}.", nameof(lengths));
        foreach (int length in lengths)
        {
            if ((uint)length > (uint)shape.Time) throw new ArgumentException($"A sequence's length must be 0 ... {shape.Time}; got {length}.", nameof(lengths));
        }
    }

    private static void Require(int length, int needed, string name)
    {
        if (length < needed) throw new ArgumentException($"A recurrent layer needs {needed} floats of {name}; got {length}.", name);
    }

    private static void RequireIfAny(int length, int needed, string name)
    {
        if (length > 0) Require(length, needed, name);
    }

    /// <summary>Everything a tile needs; null where the caller gave nothing.</summary>
    private struct Job
    {
        public RecurrentShape Shape;
        public int* Lengths;
        public bool Reverse, Saves;
        public float* Input, WeightIh, WeightHh, BiasIh, BiasHh, InitialH, InitialC, Output, FinalH, FinalC;
        public float* DOutput, DFinalH, DFinalC, DInput, DWeightIh, DWeightHh, DBiasIh, DBiasHh, DInitialH, DInitialC;
        public float* Packed;     // weights, for the products of this direction
        public float* Records;    // [tile, step, RecordRows, lanes]
        public float* BiasSums;   // [tile, GradientRows, lanes]: gate gradients summed over the steps
        public float* Gradients;  // gate gradients: [tile, step, GradientRows, lanes], or in panels [panel, tile, step, lane, PanelWidth]
    }
}
