namespace Gradus;

/// <summary>A height and a width: a kernel, a stride, a dilation. A whole number stands for both.</summary>
/// <param name="Height">Along the last axis but one.</param>
/// <param name="Width">Along the last axis.</param>
public readonly record struct Size2d(int Height, int Width)
{
    /// <summary>The same height and width.</summary>
    public static implicit operator Size2d(int side) => new(side, side);

    /// <summary>For example <c>3x3</c>.</summary>
    public override string ToString() => $"{Height}x{Width}";
}

/// <summary>Rows and columns of zeros around a picture. A whole number stands for all four sides.</summary>
/// <param name="Top">Rows above.</param>
/// <param name="Left">Columns on the left.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Right">Columns on the right.</param>
public readonly record struct Padding2d(int Top, int Left, int Bottom, int Right)
{
    /// <summary>The same on all four sides.</summary>
    public static implicit operator Padding2d(int side) => new(side, side, side, side);

    /// <summary>For example <c>(1, 1, 1, 1)</c>: top, left, bottom, right.</summary>
    public override string ToString() => $"({Top}, {Left}, {Bottom}, {Right})";
}
