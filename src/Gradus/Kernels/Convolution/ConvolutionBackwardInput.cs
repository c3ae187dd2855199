namespace Gradus.Kernels.Convolution;

/// <summary>
/// The gradient with respect to a convolution's blocked input: a correlation of the output's gradient with the turned weights, phase
/// by phase where the convolution strides.
/// </summary>
internal static unsafe class ConvolutionBackwardInput
{
    /// <summary>inputGradient is overwritten.</summary>
    /// <param name="g">The sizes.</param>
    /// <param name="outputGradient">Blocked [n, blocks, outHeight, outWidth, 16].</param>
    /// <param name="packed">What <see cref="PackedWeights.Backward"/> made of the weights.</param>
    /// <param name="inputGradient">Blocked [n, blocks, inHeight, inWidth, 16].</param>
    public static void Run(
        in ConvolutionGeometry g, ReadOnlySpan<float> outputGradient, ReadOnlySpan<float> packed, Span<float> inputGradient)
    {
        int* taps = stackalloc int[g.Taps];
        var shifts = stackalloc Correlation.Tap[g.Taps];
        fixed (float* dy = outputGradient, w = packed, dx = inputGradient)
        {
            float* part = w;
            for (int phase = 0; phase < g.StrideY * g.StrideX; phase++)
            {
                int phaseY = phase / g.StrideX, phaseX = phase % g.StrideX;
                int count = StridePhase.Taps(g, phaseY, phaseX, taps);
                var work = new Correlation
                {
                    Input = dy,
                    Weights = part,
                    Output = dx,
                    Taps = shifts,
                    TapCount = count,
                    Batch = g.Batch,
                    Channels = g.OutChannels,
                    Height = g.OutHeight,
                    Width = g.OutWidth,
                    StrideY = 1,
                    StrideX = 1,
                    OutChannels = g.InChannels,
                    OutHeight = g.InHeight,
                    OutWidth = g.InWidth,
                    RowStep = g.StrideY,
                    ColumnStep = g.StrideX,
                };
                (work.FirstRow, work.Rows, work.Top) = Axis(g.InHeight, g.PadTop, g.StrideY, phaseY, g.KernelHeight, g.DilationY);
                (work.FirstColumn, work.Columns, work.Left) = Axis(g.InWidth, g.PadLeft, g.StrideX, phaseX, g.KernelWidth, g.DilationX);
                for (int tap = 0; tap < count; tap++)
                {
                    shifts[tap] = new(
                        Shift(taps[tap] / g.KernelWidth, g.KernelHeight, g.DilationY, g.StrideY, phaseY),
                        Shift(taps[tap] % g.KernelWidth, g.KernelWidth, g.DilationX, g.StrideX, phaseX));
                }

                work.Run();
                part += (long)g.OutChannels * count * g.InBlocks * Blocked.Lanes;
            }
        }
    }

    // Input pixel i = first + stride·q meets output pixel (i + pad - k·dilation) / stride = q + (first + pad - k·dilation) / stride.
    // The farthest tap back gives the border; the others shift forward from it.
    private static (int First, int Count, int Border) Axis(int size, int pad, int stride, int phase, int kernel, int dilation)
    {
        int first = (((phase - pad) % stride) + stride) % stride;
        int count = first < size ? (size - first + stride - 1) / stride : 0;
        return (first, count, (Farthest(kernel, dilation, stride, phase) - first - pad) / stride);
    }

    private static int Shift(int k, int kernel, int dilation, int stride, int phase) => (Farthest(kernel, dilation, stride, phase) - (k * dilation)) / stride;

    private static int Farthest(int kernel, int dilation, int stride, int phase)
    {
        for (int k = kernel - 1; k >= 0; k--)
            if (k * dilation % stride == phase) return k * dilation;
        return phase;
    }
}
