namespace Gradus.Plots;

/// <summary>The colour of a caption and of the frame round its picture.</summary>
public enum CaptionColour
{
    /// <summary>Dark text, grey frame: nothing to judge.</summary>
    Neutral,

    /// <summary>Green: predicted right.</summary>
    Right,

    /// <summary>Red: predicted wrong.</summary>
    Wrong,
}

/// <summary>One picture of a grid, with the text under it.</summary>
public sealed record Picture
{
    /// <summary>A picture from channels-first values.</summary>
    /// <param name="pixels">[channels, height, width] values 0 ... 1; others are clamped, NaN shows as magenta.</param>
    /// <param name="channels">1 (grey) or 3 (red, green, blue).</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="caption">The text under the picture; line breaks start new lines; may be empty.</param>
    /// <param name="colour">The colour of the caption and the frame.</param>
    /// <exception cref="ArgumentException">The channels are neither 1 nor 3, or the sizes do not match the number of values.</exception>
    public Picture(
        ReadOnlyMemory<float> pixels, int channels, int height, int width, string caption = "", CaptionColour colour = CaptionColour.Neutral)
    {
        if (channels is not (1 or 3)) throw new ArgumentException($"A picture has 1 or 3 channels; got {channels}.");
        if (height < 1 || width < 1 || pixels.Length != (long)channels * height * width)
            throw new ArgumentException($"A picture of [{channels}, {height}, {width}] has {(long)channels * height * width} values; got {pixels.Length}.");
        (Pixels, Channels, Height, Width, Caption, Colour) = (pixels, channels, height, width, caption, colour);
    }

    /// <summary>The values, [channels, height, width].</summary>
    public ReadOnlyMemory<float> Pixels { get; }

    /// <summary>1 (grey) or 3 (red, green, blue).</summary>
    public int Channels { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>The text under the picture.</summary>
    public string Caption { get; }

    /// <summary>The colour of the caption and the frame.</summary>
    public CaptionColour Colour { get; }
}
