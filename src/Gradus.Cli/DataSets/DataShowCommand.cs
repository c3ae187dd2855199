using System.ComponentModel;
using Gradus.Data;
using Gradus.Plots;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.DataSets;

/// <summary><c>gradus data show NAME</c>.</summary>
internal sealed class DataShowCommand : Command<DataShowCommand.Settings>
{
    private const int Columns = 8;

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        if (LoadedData.Texts(settings.Name) is { } texts) return ShowTexts(texts, settings, cancellationToken);
        var (train, _) = LoadedData.Load(settings.Name, Terminal.For(json: false), fallBack: false, cancellationToken);
        string path = settings.Out ?? $"{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(settings.Name))}.png";
        var pipeline = Augmentations.For(train, settings.Augment ?? "", settings.Seed);
        int[] samples = Spread(train, pipeline is null ? settings.Rows * Columns : settings.Rows, settings.Seed);
        string title = pipeline is null ? $"{train.Name}, training set" : $"{train.Name}: {string.Join(", ", pipeline.Steps)}";
        PicturesPlot.Save(path, pipeline is null ? [.. samples.Select(sample => Original(train, sample))] : Variants(train, samples, pipeline), Columns, title);
        Terminal.For(json: false).WriteLine($"{samples.Length} samples of {train} are in {path}");
        return 0;
    }

    // Sentences are read where they are printed; no picture is needed.
    private static int ShowTexts(TextSource source, Settings settings, CancellationToken cancellation)
    {
        if (settings.Augment is not null || settings.Out is not null) throw new UsageException($"{source.Name} is a set of texts: it is printed, and --augment and --out are for pictures");
        var console = Terminal.For(json: false);
        var (train, test) = TextCatalog.Load(source.Name, new DownloadLines(console), cancellationToken: cancellation);
        console.WriteLine($"{train.Name}: {train.Count:N0} sentences to train, {test.Count:N0} to test; {train.ClassNames.Count} classes: {string.Join(", ", train.ClassNames)}");
        if (test.Note.Length > 0) console.WriteLine(test.Note);
        int[] order = [.. Enumerable.Range(0, train.Count)];
        Permutation.Shuffle(order, settings.Seed);
        foreach (int index in order.AsSpan(0, Math.Min(settings.Rows, train.Count)))
        {
            string[] tokens = train.Tokens(index).ToArray();
            console.WriteLine(train switch
            {
                SequenceDataset tagged => string.Join(' ', tokens.Select((token, t) => tagged.ClassNames[tagged.Tags(index)[t]] is var tag && tag == "O" ? token : $"{token}/{tag}")),
                TextDataset classified => $"{classified.ClassNames[classified.Label(index)]}: {string.Join(' ', tokens)}",
                _ => string.Join(' ', tokens),
            });
        }

        return 0;
    }

    // The classes take turns; which sample of a class comes is the seed's choice.
    private static int[] Spread(Dataset data, int count, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, data.Count)];
        Permutation.Shuffle(order, seed);
        var turns = new int[data.Classes];
        return [.. order.Select(sample => (Sample: sample, Turn: turns[data.Label(sample)]++)).OrderBy(pair => pair.Turn).ThenBy(pair => data.Label(pair.Sample)).Select(pair => pair.Sample).Take(count)];
    }

    // A row for each sample: as it is, then what the first epochs of a training with this seed would see.
    private static List<Plots.Picture> Variants(Dataset data, int[] samples, AugmentationPipeline pipeline)
    {
        var shape = new PictureShape(data.Channels, data.Height, data.Width);
        var rows = samples.Select(sample => new List<Plots.Picture> { Original(data, sample) }).ToArray();
        for (int epoch = 0; epoch < Columns - 1; epoch++)
        {
            var batch = new float[samples.Length * shape.Length];
            for (int i = 0; i < samples.Length; i++)
            {
                var picture = batch.AsSpan(i * shape.Length, shape.Length);
                data.Read(samples[i], picture);
                pipeline.Apply(picture, shape, epoch, samples[i]);
            }

            var (partners, shares) = (new int[samples.Length], new float[samples.Length]);
            pipeline.Mix(batch, shape, epoch, samples, partners, shares);
            for (int i = 0; i < samples.Length; i++)
            {
                string own = data.ClassNames[data.Label(samples[i])], other = data.ClassNames[data.Label(samples[partners[i]])];
                string caption = !pipeline.MixesLabels ? "" : own == other ? own : $"{shares[i]:0%} {own}\n{1 - shares[i]:0%} {other}";
                rows[i].Add(new Plots.Picture(batch.AsMemory(i * shape.Length, shape.Length), shape.Channels, shape.Height, shape.Width, caption));
            }
        }

        return [.. rows.SelectMany(row => row)];
    }

    private static Plots.Picture Original(Dataset data, int sample)
    {
        if (!data.HasPictures) throw new UsageException($"the samples of {data.Name} are no pictures: [{string.Join(", ", data.SampleShape)}]");
        var pixels = new float[data.SampleLength];
        data.Read(sample, pixels);
        return new Plots.Picture(pixels, data.Channels, data.Height, data.Width, data.ClassNames[data.Label(sample)]);
    }

    internal sealed class Settings : CommandSettings
    {
        private const int MostRows = 100; // a PNG that a viewer still opens

        [CommandArgument(0, "<NAME|FOLDER>")]
        [Description("A data set (see 'gradus data list'), or a folder or .tar with a folder of pictures for each class.")]
        public required string Name { get; init; }

        [CommandOption("--augment <NAME[[:STRENGTH]],...>")]
        [Description("Shows each sample beside seven augmented ones. There are blur, brightness, contrast, crop, cutmix, cutout, erasing, grey, horizontal-flip, hue, mixup, noise, resized-crop, rotation, saturation, scaling, shear, translation and vertical-flip.")]
        public string? Augment { get; init; }

        [CommandOption("--rows <NUMBER>")]
        [Description("Rows of the grid; of a set of texts, sentences.")]
        [DefaultValue(8)]
        public int Rows { get; init; }

        [CommandOption("--seed <NUMBER>")]
        [Description("Chooses the samples, and the augmentations as a training with this seed would.")]
        public ulong Seed { get; init; }

        [CommandOption("--out <PNG>")]
        [Description("The picture's file; NAME.png if not given.")]
        public string? Out { get; init; }

        public override ValidationResult Validate() =>
            Rows is < 1 or > MostRows ? ValidationResult.Error($"--rows is at least 1 and at most {MostRows}; got {Rows}")
            : Augmentations.Obstacle(Augment) is { } obstacle ? ValidationResult.Error(obstacle)
            : Out?.Length == 0 ? ValidationResult.Error("--out is empty; it names the picture's file")
            : ValidationResult.Success();
    }
}
