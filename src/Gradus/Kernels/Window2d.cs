namespace Gradus.Kernels;

/// <summary>A window that slides over padded pictures: of a convolution or of pooling.</summary>
internal readonly record struct Window2d(Size2d Kernel, Size2d Stride, Padding2d Padding, Size2d Dilation)
{
    public int Taps => Kernel.Height * Kernel.Width;

    /// <summary>True if each output element sees exactly the input element at its own place.</summary>
    public bool IsPointwise => Kernel is { Height: 1, Width: 1 } && Stride is { Height: 1, Width: 1 } && Padding == default;

    /// <summary>True if sizes are at least 1, padding is at least 0, and the window fits into a padded picture.</summary>
    public bool Fits(int height, int width) =>
        Kernel is { Height: >= 1, Width: >= 1 } && Stride is { Height: >= 1, Width: >= 1 } && Dilation is { Height: >= 1, Width: >= 1 }
        && Padding is { Top: >= 0, Left: >= 0, Bottom: >= 0, Right: >= 0 }
        && height + Padding.Top + Padding.Bottom >= ExtentY && width + Padding.Left + Padding.Right >= ExtentX;

    public int OutHeight(int height) => (height + Padding.Top + Padding.Bottom - ExtentY) / Stride.Height + 1;

    public int OutWidth(int width) => (width + Padding.Left + Padding.Right - ExtentX) / Stride.Width + 1;

    private int ExtentY => Dilation.Height * (Kernel.Height - 1) + 1;

    private int ExtentX => Dilation.Width * (Kernel.Width - 1) + 1;

    public override string ToString() => $"kernel {Kernel}, stride {Stride}, padding {Padding}, dilation {Dilation}";
}
