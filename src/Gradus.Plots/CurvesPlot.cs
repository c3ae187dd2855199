using SkiaSharp;

namespace Gradus.Plots;

/// <summary>Training curves: the loss on the left, the accuracy on the right, over the epochs.</summary>
public static class CurvesPlot
{
    private const int TitleHeight = 44;
    private const float TitleSize = 20;

    /// <summary>Writes both panels as one PNG file; the file appears whole or not at all.</summary>
    /// <param name="path">The file; its folder is made if need be.</param>
    /// <param name="title">The text over both panels; may be empty.</param>
    /// <param name="loss">The lines of the left panel, such as train and validation; NaN and infinite values are gaps.</param>
    /// <param name="accuracy">The lines of the right panel; without any, the left panel takes the whole width.</param>
    /// <param name="xLabel">The text under both horizontal axes.</param>
    /// <param name="lossLabel">The text beside the left panel.</param>
    /// <param name="accuracyLabel">The text beside the right panel.</param>
    /// <param name="width">In pixels, at least 400.</param>
    /// <param name="height">In pixels, at least 200.</param>
    /// <exception cref="ArgumentOutOfRangeException">The picture is too small to hold two panels.</exception>
    public static void Save(
        string path, string title, IReadOnlyList<Series> loss, IReadOnlyList<Series> accuracy,
        string xLabel = "epoch", string lossLabel = "loss", string accuracyLabel = "accuracy", int width = 1200, int height = 500)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(accuracy);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 400);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 200);
        PngFile.Draw(path, width, height, canvas =>
        {
            var top = string.IsNullOrEmpty(title) ? 0 : TitleHeight;
            if (top > 0) canvas.WriteFitted(title, width / 2f, TitleHeight - 12, width - 20, TitleSize, Palette.Text);
            var middle = accuracy.Count == 0 ? width : width / 2;
            new LinePanel(loss, xLabel, lossLabel) { WholeX = true }.Draw(canvas, new SKRectI(0, top, middle, height));
            if (accuracy.Count > 0)
                new LinePanel(accuracy, xLabel, accuracyLabel) { WholeX = true }.Draw(canvas, new SKRectI(middle, top, width, height));
        });
    }
}
