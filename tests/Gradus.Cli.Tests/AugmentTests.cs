using SkiaSharp;

namespace Gradus.Cli.Tests;

[Collection("console")] // one console, one number of threads: one test at a time
public class AugmentTests
{
    [Theory, InlineData("crop:1,rotation:10,noise"), InlineData("horizontal-flip,mixup")]
    public void An_augmented_training_that_was_stopped_goes_on_bit_for_bit(string augment)
    {
        using var folder = new TemporaryFolder();
        var (whole, stopped) = (folder["whole"], folder["stopped"]);
        string[] settings = ["train", "mlp", "--data", "digits", "--epochs", "3", "--seed", "3", "--augment", augment];
        Assert.Equal(0, CommandLine.Run([.. settings, "--threads", "1", "--out", whole]).ExitCode);

        using var stop = new CancellationTokenSource();
        using var watcher = new FileSystemWatcher(folder.Root) { IncludeSubdirectories = true, EnableRaisingEvents = true };
        watcher.Renamed += (_, renamed) => { if (renamed.FullPath == Path.Combine(stopped, "history.csv")) stop.Cancel(); };
        Assert.Equal(Failures.Stopped, CommandLine.Run(stop.Token, [.. settings, "--threads", "2", "--out", stopped]).ExitCode);
        Assert.Equal(0, CommandLine.Run("train", "mlp", "--data", "digits", "--out", stopped, "--resume").ExitCode); // the run knows its augmentation
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(stopped, "model.safetensors")));
    }

    [Fact]
    public void The_run_keeps_every_strength_and_refuses_to_go_on_with_another()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        Assert.Equal(0, CommandLine.Run("train", "mlp", "--data", "digits", "--epochs", "1", "--augment", "crop,hue:20", "--out", run).ExitCode);
        Assert.Contains("\"crop:4,hue:20\"", File.ReadAllText(Path.Combine(run, "architecture.json")));
        var other = CommandLine.Run("train", "mlp", "--data", "digits", "--augment", "crop", "--out", run, "--resume");
        Assert.Equal(Failures.Usage, other.ExitCode);
        Assert.Contains("--augment crop:4,hue:20", other.Errors);
        Assert.Equal(0, CommandLine.Run("train", "mlp", "--data", "digits", "--augment", "crop:4,hue:20", "--epochs", "2", "--out", run, "--resume").ExitCode);
    }

    [Fact]
    public void Only_training_samples_are_augmented()
    {
        using var folder = new TemporaryFolder();
        // Black pictures teach nothing: the training guesses, and the test, which sees digits, still has its own samples.
        var blind = CommandLine.Run("train", "mlp", "--data", "digits", "--epochs", "2", "--augment", "translation:1,translation:1,noise:1", "--out", folder["blind"], "--json");
        var plain = CommandLine.Run("train", "mlp", "--data", "digits", "--epochs", "2", "--out", folder["plain"], "--json");
        double Accuracy(CommandLine result, string name) => result.Json.GetProperty("epochs")[1].GetProperty(name).GetDouble();
        Assert.True(Accuracy(blind, "train_accuracy") < Accuracy(plain, "train_accuracy"));
        Assert.True(Accuracy(blind, "validation_accuracy") > Accuracy(blind, "train_accuracy") + 0.05);
    }

    [Theory]
    [InlineData("Did you mean 'rotation'?", "rotatoin"), InlineData("0 to 180", "rotation:500"), InlineData("choose one", "mixup,cutmix"), InlineData("no strength", "crop:")]
    public void A_slip_is_named_in_one_line(string part, string augment)
    {
        foreach (string[] command in (string[][])[["train", "mlp", "--data", "digits"], ["data", "show", "digits"]])
        {
            var result = CommandLine.Run([.. command, "--augment", augment]);
            Assert.Equal(Failures.Usage, result.ExitCode);
            Assert.Contains(part, result.Errors);
            Assert.Single(result.Errors.Trim().Split('\n'));
        }
    }

    [Fact]
    public void Show_draws_originals_and_what_training_sees()
    {
        using var folder = new TemporaryFolder();
        SKBitmap Draw(string name, params string[] more)
        {
            string path = folder[name];
            Assert.Equal(0, CommandLine.Run(["data", "show", "digits", "--rows", "3", "--out", path, .. more]).ExitCode);
            return SKBitmap.Decode(path);
        }

        using var plain = Draw("a.png");
        using var augmented = Draw("b.png", "--augment", "cutout:1");
        using var again = Draw("c.png", "--augment", "cutout:1");
        using var other = Draw("d.png", "--augment", "cutout:1", "--seed", "1");
        Assert.Equal(augmented.Bytes, again.Bytes);
        Assert.NotEqual(augmented.Bytes, other.Bytes);
        Assert.NotEqual(plain.Bytes, augmented.Bytes);
    }

    [Fact]
    public void A_table_is_trained_on_evaluated_and_neither_drawn_nor_augmented()
    {
        using var folder = new TemporaryFolder();
        string table = folder["t.csv"], run = folder["run"];
        File.WriteAllText(table, "kind,a,b\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"{(i % 2 == 0 ? "even" : "odd")},{100 + i % 2 + 0.01 * (i % 7)},{i % 5}\n")));
        var trained = CommandLine.Run("train", "mlp", "--data", table, "--epochs", "10", "--out", run, "--json");
        Assert.Equal(0, trained.ExitCode);
        Assert.Equal(1, trained.Json.GetProperty("test_accuracy").GetDouble());
        Assert.Equal(1, CommandLine.Run("evaluate", run, "--json").Json.GetProperty("test_accuracy").GetDouble());
        Assert.False(File.Exists(Path.Combine(run, "predictions.png")));
        foreach (string[] command in (string[][])[["data", "show", table], ["train", "mlp", "--data", table, "--augment", "crop"], ["predict", run, table], ["train", "mlp", "--data", "sst2"]])
            Assert.Equal(Failures.Usage, CommandLine.Run(command).ExitCode);
    }
}
