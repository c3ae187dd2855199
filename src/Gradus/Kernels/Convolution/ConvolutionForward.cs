namespace Gradus.Kernels.Convolution;

/// <summary>Convolution with its epilogue in registers: bias, rectifier, 2x2 max pooling.</summary>
internal static unsafe class ConvolutionForward
{
    /// <summary>output = convolution(input) + bias + residual, rectified if <paramref name="relu"/>; output [n, blocks, outHeight, outWidth, 16].</summary>
    /// <param name="g">The sizes.</param>
    /// <param name="input">Blocked, or plain NCHW if the geometry says so.</param>
    /// <param name="packed">What <see cref="PackedWeights.Forward"/> made of the weights.</param>
    /// <param name="bias">[out], or empty.</param>
    /// <param name="output">Every lane is written; those beyond the last channel with zero.</param>
    /// <param name="relu">Whether max(x, 0) follows.</param>
    /// <param name="residual">Of the output's layout; empty for none.</param>
    public static void Run(
        in ConvolutionGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> packed, ReadOnlySpan<float> bias, Span<float> output, bool relu,
        ReadOnlySpan<float> residual = default)
    {
        fixed (float* x = input, w = packed, b = bias, y = output, r = residual)
        {
            Run(g, new Correlation
            {
                Input = x,
                Weights = w,
                Bias = b,
                Output = y,
                Residual = r,
                Relu = relu,
                OutHeight = g.OutHeight,
                OutWidth = g.OutWidth,
                Rows = g.OutHeight,
                Columns = g.OutWidth,
            });
        }
    }

    /// <summary>
    /// output = maxPool2x2(relu(convolution(input) + bias)), [n, blocks, outHeight / 2, outWidth / 2, 16]; what flooring drops is not computed.
    /// </summary>
    /// <param name="g">The sizes.</param>
    /// <param name="input">Blocked, or plain NCHW if the geometry says so.</param>
    /// <param name="packed">What <see cref="PackedWeights.Forward"/> made of the weights.</param>
    /// <param name="bias">[out], or empty.</param>
    /// <param name="output">The maxima; NaN if the window holds one.</param>
    /// <param name="argmax">Where each maximum was: 2 · row + column; the first of equals.</param>
    public static void RunPooled(
        in ConvolutionGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> packed, ReadOnlySpan<float> bias, Span<float> output, Span<byte> argmax)
    {
        fixed (float* x = input, w = packed, b = bias, y = output)
        fixed (byte* a = argmax)
        {
            Run(g, new Correlation
            {
                Input = x,
                Weights = w,
                Bias = b,
                Output = y,
                Argmax = a,
                Relu = true,
                Pool = true,
                OutHeight = g.PooledHeight,
                OutWidth = g.PooledWidth,
                Rows = 2 * g.PooledHeight,
                Columns = 2 * g.PooledWidth,
            });
        }
    }

    private static void Run(in ConvolutionGeometry g, Correlation work)
    {
        var taps = stackalloc Correlation.Tap[g.Taps];
        for (int tap = 0; tap < g.Taps; tap++) taps[tap] = new(tap / g.KernelWidth * g.DilationY, tap % g.KernelWidth * g.DilationX);
        work.Taps = taps;
        work.TapCount = g.Taps;
        work.Plain = g.PlainInput;
        (work.Batch, work.Channels, work.Height, work.Width) = (g.Batch, g.InChannels, g.InHeight, g.InWidth);
        (work.StrideY, work.StrideX, work.Top, work.Left) = (g.StrideY, g.StrideX, g.PadTop, g.PadLeft);
        (work.OutChannels, work.RowStep, work.ColumnStep) = (g.OutChannels, 1, 1);
        work.Run();
    }
}
