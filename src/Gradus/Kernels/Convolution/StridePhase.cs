namespace Gradus.Kernels.Convolution;

/// <summary>
/// A strided convolution's input gradient falls into strideY x strideX phases: the input pixels of one phase meet the same taps, and
/// each phase is a correlation of stride 1.
/// </summary>
internal static unsafe class StridePhase
{
    /// <summary>The taps, as ky x kernelWidth + kx, that reach input pixels with (y + padTop) % strideY == phaseY, and so for x; returns their number.</summary>
    public static int Taps(in ConvolutionGeometry g, int phaseY, int phaseX, int* taps)
    {
        int count = 0;
        for (int ky = 0; ky < g.KernelHeight; ky++)
            for (int kx = 0; kx < g.KernelWidth; kx++)
                if (ky * g.DilationY % g.StrideY == phaseY && kx * g.DilationX % g.StrideX == phaseX) taps[count++] = (ky * g.KernelWidth) + kx;
        return count;
    }
}
