using SkiaSharp;

namespace Gradus.Plots.Tests;

/// <summary>A folder for the pictures of one test; removed after it, unless GRADUS_KEEP_PLOTS names one to keep for a look.</summary>
public sealed class PlotFolder : IDisposable
{
    private readonly string? _kept = Environment.GetEnvironmentVariable("GRADUS_KEEP_PLOTS");
    private readonly string _folder;

    public PlotFolder() => _folder = _kept ?? Directory.CreateTempSubdirectory("gradus-plots-").FullName;

    public string File(string name) => Path.Combine(_folder, name);

    public string[] Files => [.. Directory.EnumerateFiles(_folder).Select(file => Path.GetFileName(file))];

    public void Dispose()
    {
        if (_kept is null) Directory.Delete(_folder, recursive: true);
    }

    public static SKBitmap Read(string path) => SKBitmap.Decode(path) ?? throw new InvalidDataException($"{path} is no picture.");

    public static int Inked(SKBitmap picture, SKRectI area)
    {
        var inked = 0;
        for (var y = area.Top; y < area.Bottom; y++)
            for (var x = area.Left; x < area.Right; x++)
                if (picture.GetPixel(x, y) != SKColors.White) inked++;
        return inked;
    }

    public static bool Same(SKBitmap a, SKBitmap b) => a.Width == b.Width && a.Height == b.Height && a.GetPixelSpan().SequenceEqual(b.GetPixelSpan());
}
