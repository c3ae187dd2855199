using Gradus.Data;
using Gradus.Graph;
using Gradus.Metrics;
using Gradus.Plots;

namespace Gradus.Cli.Runs;

/// <summary>A trained network on a test set: the loss, the confusion matrix, and some pictures with what it took them for.</summary>
internal sealed class TestReport
{
    private const int Columns = 8, Shown = 32;

    private readonly Dataset _test;
    private readonly int[] _predicted;
    private readonly float[] _confidence;

    private TestReport(Dataset test)
    {
        _test = test;
        (_predicted, _confidence) = (new int[test.Count], new float[test.Count]);
        Confusion = new ConfusionMatrix(test.Classes);
    }

    public ConfusionMatrix Confusion { get; }

    public double Accuracy => Confusion.Accuracy;

    public double Loss { get; private set; }

    public static TestReport Of(Layer model, Dataset test, Normalization normalization, CancellationToken cancellation)
    {
        var report = new TestReport(test);
        model.Evaluate();
        using (GradientMode.Off()) report.Measure(model, normalization, cancellation);
        return report;
    }

    public void WriteConfusion(string path, string title)
    {
        var counts = new int[_test.Classes, _test.Classes];
        for (int i = 0; i < _test.Classes; i++)
        {
            for (int j = 0; j < _test.Classes; j++) counts[i, j] = (int)Confusion[i, j];
        }

        ConfusionPlot.Save(path, counts, _test.ClassNames, title);
    }

    /// <summary>Mistakes teach more than successes: the upper half shows samples spread over the set, the lower half the most confident mistakes.</summary>
    public void WritePredictions(string path, string title)
    {
        var spread = Enumerable.Range(0, Math.Min(Shown / 2, _test.Count)).Select(i => (int)((long)i * _test.Count / Math.Min(Shown / 2, _test.Count)));
        var mistakes = Enumerable.Range(0, _test.Count)
            .Where(i => _predicted[i] != _test.Label(i)).OrderByDescending(i => _confidence[i]).ThenBy(i => i).Take(Shown / 2);
        PicturesPlot.Save(path, [.. spread.Concat(mistakes).Select(Show)], Columns, title);
    }

    private void Measure(Layer model, Normalization normalization, CancellationToken cancellation)
    {
        var plan = InferencePlan.Capture(model);
        int done = 0;
        double loss = 0;
        foreach (var batch in new LoaderBatches(new BatchLoader(_test, batchSize: 128, shuffle: false, normalization: normalization)).Epoch(0))
        {
            cancellation.ThrowIfCancellationRequested();
            var output = plan.Run(batch.Inputs);
            loss += (double)Losses.CrossEntropy.Of(output, batch.Labels).Item() * batch.Labels.Shape[0];
            Confusion.Add(output, batch.Labels);
            for (int row = 0; row < batch.Labels.Shape[0]; row++, done++)
                (_predicted[done], _confidence[done]) = Probabilities.Best(output.Span.Slice(row * _test.Classes, _test.Classes));
        }

        Loss = loss / done;
    }

    private Gradus.Plots.Picture Show(int sample)
    {
        var pixels = new float[_test.SampleLength];
        _test.Read(sample, pixels);
        bool right = _predicted[sample] == _test.Label(sample);
        string caption = $"{_test.ClassNames[_predicted[sample]]}: {_confidence[sample]:0%}" + (right ? "" : $"\nnot {_test.ClassNames[_test.Label(sample)]}");
        return new(pixels, _test.Channels, _test.Height, _test.Width, caption, right ? CaptionColour.Right : CaptionColour.Wrong);
    }
}
