using Gradus.Cli.Runs;
using Gradus.Data;
using Gradus.Graph;
using Gradus.Metrics;
using Gradus.Plots;

namespace Gradus.Cli.Tasks;

/// <summary>A network on a test set of pictures or rows of numbers; of pictures, some with what it took them for.</summary>
internal sealed class PictureReport : ClassReport
{
    private const int Columns = 8, Shown = 32, BatchSize = 128;

    private readonly Dataset _test;
    private readonly (int Class, float Confidence)[] _predicted;

    private PictureReport(Dataset test, (int, float)[] predicted, ConfusionMatrix confusion, double loss) : base(test.ClassNames, confusion, loss) =>
        (_test, _predicted) = (test, predicted);

    public static PictureReport Of(Layer model, Dataset test, Normalization normalization, CancellationToken cancellation)
    {
        model.Evaluate();
        using var off = GradientMode.Off();
        var plan = InferencePlan.Capture(model);
        var (predicted, confusion) = (new (int, float)[test.Count], new ConfusionMatrix(test.Classes));
        int done = 0;
        double loss = 0;
        foreach (var batch in new LoaderBatches(new BatchLoader(test, BatchSize, shuffle: false, normalization: normalization)).Epoch(0))
        {
            cancellation.ThrowIfCancellationRequested();
            var output = plan.Run(batch.Inputs);
            loss += (double)Losses.CrossEntropy.Of(output, batch.Labels).Item() * batch.Samples;
            confusion.Add(output, batch.Labels);
            for (int row = 0; row < batch.Samples; row++) predicted[done++] = Probabilities.Best(output.Span.Slice(row * test.Classes, test.Classes));
        }

        return new PictureReport(test, predicted, confusion, loss / done);
    }

    /// <summary>Mistakes teach more than successes: the upper half shows samples spread over the set, the lower half the most confident mistakes.</summary>
    public override IReadOnlyList<string> WritePictures(RunFolder folder, string title)
    {
        var drawn = base.WritePictures(folder, title);
        if (!_test.HasPictures) return drawn;
        var spread = Enumerable.Range(0, Math.Min(Shown / 2, _test.Count)).Select(i => (int)((long)i * _test.Count / Math.Min(Shown / 2, _test.Count)));
        var mistakes = Enumerable.Range(0, _test.Count)
            .Where(i => _predicted[i].Class != _test.Label(i)).OrderByDescending(i => _predicted[i].Confidence).ThenBy(i => i).Take(Shown / 2);
        PicturesPlot.Save(folder.Predictions, [.. spread.Concat(mistakes).Select(Show)], Columns, $"{title}: test samples, then the most confident mistakes");
        return [.. drawn, Path.GetFileName(folder.Predictions)];
    }

    private Plots.Picture Show(int sample)
    {
        var pixels = new float[_test.SampleLength];
        _test.Read(sample, pixels);
        var (found, confidence) = _predicted[sample];
        bool right = found == _test.Label(sample);
        string caption = $"{_test.ClassNames[found]}: {confidence:0%}" + (right ? "" : $"\nnot {_test.ClassNames[_test.Label(sample)]}");
        return new(pixels, _test.Channels, _test.Height, _test.Width, caption, right ? CaptionColour.Right : CaptionColour.Wrong);
    }
}
