namespace Gradus.Kernels.Convolution;

/// <summary>The sizes of one two-dimensional convolution without groups; its weights are [out, in, kernelHeight, kernelWidth].</summary>
internal readonly record struct ConvolutionGeometry
{
    public required int Batch { get; init; }
    public required int InChannels { get; init; }
    public required int InHeight { get; init; }
    public required int InWidth { get; init; }
    public required int OutChannels { get; init; }
    public required int KernelHeight { get; init; }
    public required int KernelWidth { get; init; }
    public int StrideY { get; init; } = 1;
    public int StrideX { get; init; } = 1;
    public int PadTop { get; init; }
    public int PadLeft { get; init; }
    public int PadBottom { get; init; }
    public int PadRight { get; init; }
    public int DilationY { get; init; } = 1;
    public int DilationX { get; init; } = 1;

    /// <summary>The input is plain NCHW rather than blocked: right for first layers, whose 1 or 3 channels would leave most lanes empty.</summary>
    public bool PlainInput { get; init; }

    public ConvolutionGeometry()
    {
    }

    public int OutHeight => ((InHeight + PadTop + PadBottom - (DilationY * (KernelHeight - 1)) - 1) / StrideY) + 1;
    public int OutWidth => ((InWidth + PadLeft + PadRight - (DilationX * (KernelWidth - 1)) - 1) / StrideX) + 1;
    public int PooledHeight => OutHeight / 2;
    public int PooledWidth => OutWidth / 2;
    public int Taps => KernelHeight * KernelWidth;
    public int InBlocks => Blocked.Blocks(InChannels);
    public int OutBlocks => Blocked.Blocks(OutChannels);
    public int InputLength => Batch * InHeight * InWidth * (PlainInput ? InChannels : InBlocks * Blocked.Lanes);
    public int OutputLength => Batch * OutHeight * OutWidth * OutBlocks * Blocked.Lanes;
    public int PooledLength => Batch * PooledHeight * PooledWidth * OutBlocks * Blocked.Lanes;
    public int WeightsLength => OutChannels * InChannels * Taps;
}
