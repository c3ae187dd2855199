using Gradus.Cli.DataSets;
using Gradus.Data;
using Spectre.Console;

namespace Gradus.Cli.Tests;

[Collection("console")] // one console, one number of threads: one test at a time
public class TrainTests
{
    private static readonly string[] Files =
    [
        "model.safetensors", "architecture.json", "history.csv", "history.json", "curves.png", "confusion.png",
        "predictions.png", "environment.json", "checkpoint.safetensors",
    ];

    [Fact]
    public void A_training_prints_one_document_and_leaves_every_file()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        var result = CommandLine.Run("train", "cnn-small", "--data", "digits", "--epochs", "2", "--seed", "5", "--threads", "2", "--out", run, "--json");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("cnn-small", result.Json.GetProperty("model").GetString());
        Assert.Equal(22_602, result.Json.GetProperty("parameters").GetInt32());
        Assert.Equal(2, result.Json.GetProperty("epochs").GetArrayLength());
        Assert.InRange(result.Json.GetProperty("epochs")[1].GetProperty("validation_accuracy").GetDouble(), 0, 1);
        Assert.Equal((5, 2), (result.Json.GetProperty("seed").GetInt32(), result.Json.GetProperty("threads").GetInt32()));
        Assert.Contains("epoch 2/2", result.Errors);
        foreach (string file in Files) Assert.True(new FileInfo(Path.Combine(run, file)).Length > 0, file);
        Assert.Empty(Directory.GetFiles(run, "*.tmp"));
    }

    [Fact]
    public void A_training_that_was_stopped_goes_on_bit_for_bit_on_another_number_of_threads()
    {
        using var folder = new TemporaryFolder();
        var (whole, stopped) = (folder["whole"], folder["stopped"]);
        string[] settings = ["train", "cnn-small", "--data", "digits", "--epochs", "3", "--seed", "3", "--batch", "32"];
        Assert.Equal(0, CommandLine.Run([.. settings, "--threads", "1", "--out", whole]).ExitCode);

        using var stop = new CancellationTokenSource();
        using var watcher = new FileSystemWatcher(folder.Root) { IncludeSubdirectories = true, EnableRaisingEvents = true };
        watcher.Renamed += (_, renamed) => { if (renamed.FullPath == Path.Combine(stopped, "history.csv")) stop.Cancel(); };
        var result = CommandLine.Run(stop.Token, [.. settings, "--threads", "2", "--out", stopped]);
        Assert.Equal(Failures.Stopped, result.ExitCode);
        Assert.Contains($"--out {stopped} --resume", result.Errors);
        Assert.Equal(0, CommandLine.Run("train", "cnn-small", "--data", "digits", "--out", stopped, "--resume").ExitCode);
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(stopped, "model.safetensors")));
    }

    [Fact]
    public void A_training_stopped_at_once_keeps_its_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var result = CommandLine.Run(new CancellationToken(canceled: true), "train", "mlp", "--data", "digits", "--out", folder["run"]);
        Assert.Equal(Failures.Stopped, result.ExitCode);
    }

    [Fact]
    public void A_learning_rate_that_diverges_names_layer_and_step_in_one_line()
    {
        using var folder = new TemporaryFolder();
        var result = CommandLine.Run("train", "cnn-small", "--data", "digits", "--optimizer", "sgd", "--lr", "1e30", "--out", folder["run"], "--json");
        Assert.Equal(Failures.Failure, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Matches(@"gradus: step \d+, epoch 1: .*layer '\w+'", result.Errors);
        Assert.DoesNotContain("   at ", result.Errors);
    }

    [Theory]
    [InlineData("--threads is at least 1", "train", "mlp", "--data", "digits", "--threads", "0")]
    [InlineData("--epochs is at least 1", "train", "mlp", "--data", "digits", "--epochs", "0")]
    [InlineData("--lr is above 0", "train", "mlp", "--data", "digits", "--lr", "0")]
    [InlineData("no architecture 'mpl'", "train", "mpl", "--data", "digits")]
    [InlineData("no data set or folder 'digit'", "train", "mlp", "--data", "digit")]
    [InlineData("no optimizer 'adm'", "train", "mlp", "--data", "digits", "--optimizer", "adm")]
    [InlineData("no schedule 'cos'", "train", "mlp", "--data", "digits", "--schedule", "cos")]
    [InlineData("takes samples of [features]", "train", "mlp-3-4-2", "--data", "digits")]
    [InlineData("needs larger pictures", "train", "lenet", "--data", "digits")]
    [InlineData("--resume needs --out", "train", "mlp", "--data", "digits", "--resume")]
    [InlineData("no run folder 'nowhere'", "evaluate", "nowhere")]
    [InlineData("no run folder 'nowhere'", "predict", "nowhere", "picture.png")]
    public void Wrong_usage_is_one_clear_line(string message, params string[] arguments)
    {
        var result = CommandLine.Run(arguments);
        Assert.Equal(Failures.Usage, result.ExitCode);
        Assert.Contains(message, result.Errors);
        Assert.Single(result.Errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public void A_set_that_cannot_be_had_is_replaced_by_the_built_in_one_and_says_so()
    {
        using var folder = new TemporaryFolder();
        var nowhere = new DataLocations { Cache = folder["cache"], DebianFolder = folder["debian"], UseApt = false, UseInternet = false };
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 1000;
        var (train, _) = LoadedData.Load("fashion-mnist", console, fallBack: true, default, nowhere);
        Assert.Equal("digits", train.Name);
        Assert.Contains("fashion-mnist is not here and cannot be fetched", text.ToString());
        Assert.Single(text.ToString().TrimEnd().Split('\n'));
    }
}
