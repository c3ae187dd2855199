using Gradus.Plots;

namespace Gradus.Labs;

/// <summary>What a lab is given: budget, seeds, data, a cache of networks, and places for what it shows.</summary>
public sealed partial class LabContext
{
    private readonly Lab _lab;
    private readonly NetworkCache _cache;
    private readonly LabListener _listener;
    private readonly List<Bilingual> _notes = [];
    private readonly List<Chart> _charts = [];
    private readonly List<ResultTable> _tables = [];
    private readonly List<ResultPicture> _pictures = [];

    internal LabContext(Lab lab, LabSettings settings, NetworkCache cache, LabListener listener, CancellationToken cancellation)
    {
        (_lab, _cache, _listener, Cancellation) = (lab, cache, listener, cancellation);
        (Budget, Folder) = (settings.Budget, settings.Folder);
        Seeds = [.. Enumerable.Range(0, Budget >= Budget.Full ? 3 : 1).Select(i => settings.Seed + (ulong)i)];
    }

    /// <summary>How much the lab may take.</summary>
    public Budget Budget { get; }

    /// <summary>One seed, under <see cref="Budget.Full"/> three: everything random in an arm comes from it.</summary>
    public IReadOnlyList<ulong> Seeds { get; }

    /// <summary>Where the lab's files go.</summary>
    public string Folder { get; }

    /// <summary>Stops the lab; what takes long must heed it. <see cref="Measure"/> and trainings do.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>What suits the budget; under <see cref="Budget.Long"/> what suits <see cref="Budget.Full"/>, if nothing else is said.</summary>
    public T Pick<T>(T tiny, T quick, T full) => Budget switch { Budget.Tiny => tiny, Budget.Quick => quick, _ => full };

    /// <summary>Measures one side of the comparison, once for each seed.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="measure">From a seed to a figure.</param>
    public Arm Measure(Bilingual name, Func<ulong, double> measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        var values = new double[Seeds.Count];
        for (int i = 0; i < values.Length; i++)
        {
            Cancellation.ThrowIfCancellationRequested();
            Stage(Seeds.Count == 1 ? name : ($"{name.En}, seed {Seeds[i]}", $"{name.Zh}，种子 {Seeds[i]}"));
            values[i] = measure(Seeds[i]);
        }

        return new Arm(name, values);
    }

    /// <summary>Says what the lab does now.</summary>
    public void Stage(Bilingual stage) => _listener.OnStage(stage);

    /// <summary>Shows a point of a line while the lab runs.</summary>
    public void Point(Bilingual chart, Bilingual line, double x, double y) => _listener.OnPoint(chart, line, x, y);

    /// <summary>Leaves a remark beside the figures.</summary>
    public void Note(Bilingual note)
    {
        _notes.Add(note);
        _listener.OnNote(note);
    }

    /// <summary>Leaves a chart, and its picture in English.</summary>
    public void Show(Chart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        _charts.Add(chart);
        LinePlot.Save(
            Path.Combine(Folder, $"{chart.Name}.png"), chart.Title.En, [.. chart.Lines.Select(line => new Series(line.Name.En, line.X, line.Y))],
            chart.XLabel.En, chart.YLabel.En, chart.LogX, chart.LogY);
    }

    /// <summary>Leaves a table.</summary>
    public void Show(ResultTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Rows.FirstOrDefault(row => row.Count != table.Columns.Count) is { } odd)
            throw new ArgumentException($"the table '{table.Name}' has {table.Columns.Count} columns and a row of {odd.Count} cells", nameof(table));
        _tables.Add(table);
    }

    /// <summary>Leaves a grid of pictures; captions are few words that both languages share.</summary>
    /// <param name="name">The file's name without its ending, in kebab-case.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="pictures">Row by row.</param>
    /// <param name="columns">Pictures in a row.</param>
    public void Show(string name, Bilingual title, IReadOnlyList<Plots.Picture> pictures, int columns)
    {
        PicturesPlot.Save(Path.Combine(Folder, $"{name}.png"), pictures, columns);
        _pictures.Add(new ResultPicture($"{name}.png", title));
    }

    /// <summary>Leaves a picture that the lab draws itself.</summary>
    /// <param name="name">The file's name without its ending, in kebab-case.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="save">Writes the PNG file of this path.</param>
    public void Show(string name, Bilingual title, Action<string> save)
    {
        ArgumentNullException.ThrowIfNull(save);
        save(Path.Combine(Folder, $"{name}.png"));
        _pictures.Add(new ResultPicture($"{name}.png", title));
    }

    /// <summary>A network trained once and shared by all labs that ask for the same.</summary>
    /// <inheritdoc cref="NetworkCache.Train"/>
    public void Cached(string key, Layer network, Action train) => _cache.Train($"{Budget} {key}", network, train);

    internal LabResult Result(LabResult bare) => bare with { Notes = _notes, Charts = _charts, Tables = _tables, Pictures = _pictures };
}
