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
        Assert.Contains("\"test_set\": \"test set: the last 20 % of each class\"", File.ReadAllText(Path.Combine(run, "history.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1000", true), InlineData("0.003", false)]
    public void A_training_that_ends_worse_than_guessing_says_so(string rate, bool warns)
    {
        using var folder = new TemporaryFolder();
        var result = CommandLine.Run("train", "cnn-small", "--data", "digits", "--epochs", "2", "--lr", rate, "--out", folder["run"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(warns, result.Errors.Contains("lower the learning rate", StringComparison.Ordinal));
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
        var result = CommandLine.Run(new CancellationToken(canceled: true), "train", "mlp", "--data", "digits", "--out", folder["a run"]);
        Assert.Equal(Failures.Stopped, result.ExitCode);
        Assert.Contains($"--out '{folder["a run"]}' --resume", result.Errors); // to be pasted into a shell
        Assert.True(File.Exists(Path.Combine(folder["a run"], "checkpoint.safetensors")));
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
    [InlineData("adagrad", "exponential"), InlineData("rmsprop", "cosine-restarts"), InlineData("lion", "warmup-cosine"), InlineData("adam", "plateau")]
    public void Every_optimizer_and_schedule_trains_and_goes_on(string optimizer, string schedule)
    {
        using var folder = new TemporaryFolder();
        string rate = optimizer is "lion" ? "3e-4" : "3e-3";
        string[] settings = ["train", "mlp", "--data", "digits", "--optimizer", optimizer, "--schedule", schedule, "--lr", rate, "--out", folder["run"]];
        Assert.Equal(0, CommandLine.Run([.. settings, "--epochs", "2"]).ExitCode);
        var trained = CommandLine.Run([.. settings, "--epochs", "4", "--resume", "--json"]);
        Assert.Equal(4, trained.Json.GetProperty("epochs").GetArrayLength());
        Assert.True(trained.Json.GetProperty("test_accuracy").GetDouble() > 0.5);
    }

    [Fact]
    public void Small_batches_that_are_accumulated_train_as_large_ones_and_events_are_written()
    {
        using var folder = new TemporaryFolder();
        string[] settings = ["train", "mlp", "--data", "digits", "--epochs", "2", "--seed", "4", "--json"];
        var large = CommandLine.Run([.. settings, "--batch", "64", "--out", folder["large"]]);
        var small = CommandLine.Run([.. settings, "--batch", "16", "--accumulate", "4", "--tensorboard", "--out", folder["small"]]);
        Assert.Equal(Loss(large), Loss(small), 2e-3);
        Assert.Single(Directory.GetFiles(folder["small"], "events.out.tfevents.*"));
        Assert.Empty(Directory.GetFiles(folder["large"], "events.out.tfevents.*"));
        var refused = CommandLine.Run("train", "mlp", "--data", "digits", "--out", folder["small"], "--resume", "--accumulate", "2");
        Assert.Contains("was begun with --accumulate 4", refused.Errors);

        static double Loss(CommandLine result) => result.Json.GetProperty("epochs")[1].GetProperty("train_loss").GetDouble();
    }

    [Fact]
    public void Weight_decay_makes_small_weights_and_belongs_to_the_run()
    {
        using var folder = new TemporaryFolder();
        string[] settings = ["train", "mlp", "--data", "digits", "--epochs", "2", "--optimizer", "sgd", "--lr", "0.05"];
        double Size(string run, params string[] more)
        {
            Assert.Equal(0, CommandLine.Run([.. settings, .. more, "--out", folder[run]]).ExitCode);
            return Gradus.Formats.Safetensors.Read(Path.Combine(folder[run], "model.safetensors")).Tensors.Sum(entry => entry.Value.ToArray().Sum(value => (double)value * value));
        }

        double own = Size("own"), none = Size("none", "--weight-decay", "0"), strong = Size("strong", "--weight-decay", "0.05");
        Assert.True(strong < 0.8 * own, $"{strong} beside {own}");
        Assert.True(own < none, $"{own} beside {none}");
        var refused = CommandLine.Run("train", "mlp", "--data", "digits", "--out", folder["strong"], "--resume", "--weight-decay", "0.1");
        Assert.Contains("was begun with --weight-decay 0.05", refused.Errors);
    }

    [Theory]
    [InlineData("--accumulate is at least 1", "train", "mlp", "--data", "digits", "--accumulate", "0")]
    [InlineData("--threads is at least 1", "train", "mlp", "--data", "digits", "--threads", "0")]
    [InlineData("--epochs is at least 1", "train", "mlp", "--data", "digits", "--epochs", "0")]
    [InlineData("--weight-decay is at least 0", "train", "mlp", "--data", "digits", "--weight-decay", "-1")]
    [InlineData("--validation is above 0 and below 1; got 1", "train", "mlp", "--data", "digits", "--validation", "1")]
    [InlineData("--lr is above 0", "train", "mlp", "--data", "digits", "--lr", "0")]
    [InlineData("no architecture 'mpl'", "train", "mpl", "--data", "digits")]
    [InlineData("no data set or folder 'digit'", "train", "mlp", "--data", "digit")]
    [InlineData("no optimizer 'adm'", "train", "mlp", "--data", "digits", "--optimizer", "adm")]
    [InlineData("no schedule 'cos'", "train", "mlp", "--data", "digits", "--schedule", "cos")]
    [InlineData("takes samples such as [3], and data sets on the command line are pictures or texts", "train", "mlp-3-4-2", "--data", "digits")]
    [InlineData("takes sets of texts with one class each", "train", "text-lstm", "--data", "nowhere/that/is/read")]
    [InlineData("Did you mean 'cnn-small'?", "train", "cnn-smal", "--data", "digits")]
    [InlineData("Did you mean 'cifar-10'?", "data", "get", "cifar10")]
    [InlineData("Did you mean 'adam'?", "train", "mlp", "--data", "digits", "--optimizer", "adm")]
    [InlineData("Unknown command 'trian'. Did you mean 'train'?", "trian")]
    [InlineData("there is no option '--thread' here. Did you mean '--threads'?", "train", "mlp", "--data", "digits", "--thread", "2")]
    [InlineData("there is no option '--jsn' here. Did you mean '--json'?", "data", "list", "--jsn")]
    [InlineData("'x' is no number that --threads takes", "train", "mlp", "--data", "digits", "--threads", "x")]
    [InlineData("'-1' is no number that --seed takes", "train", "mlp", "--data", "digits", "--seed=-1")]
    [InlineData("'99999999999' is no number that --epochs takes", "train", "mlp", "--data", "digits", "--epochs", "99999999999")]
    [InlineData("at most 1024; got 100000", "train", "mlp", "--data", "digits", "--threads", "100000")]
    [InlineData("--out is empty", "train", "mlp", "--data", "digits", "--out", "")]
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
    public void The_share_for_validation_is_as_asked_for_and_belongs_to_the_run()
    {
        using var folder = new TemporaryFolder();
        int ToTrain(string run, params string[] more)
        {
            string output = CommandLine.Run(["train", "mlp", "--data", "digits", "--epochs", "1", .. more, "--out", folder[run]]).Output;
            return int.Parse(System.Text.RegularExpressions.Regex.Match(output, @"([\d,]+) samples to train").Groups[1].Value.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
        }

        int tenth = ToTrain("tenth"), half = ToTrain("half", "--validation", "0.5");
        Assert.InRange((double)half / tenth, 0.54, 0.57); // 0.5 / 0.9, each class rounded
        Assert.Contains("was begun with --validation 0.5", CommandLine.Run("train", "mlp", "--data", "digits", "--out", folder["half"], "--resume", "--validation", "0.2").Errors);
    }

    [Fact]
    public void A_run_goes_on_only_with_the_settings_that_it_was_begun_with()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"], description = Path.Combine(run, "architecture.json");
        CommandLine.Run("train", "mlp", "--data", "digits", "--epochs", "1", "--out", run);
        string before = File.ReadAllText(description);
        string[][] others = [["--batch", "7"], ["--seed", "9"], ["--lr", "0.5"], ["--optimizer", "sgd"], ["--schedule", "constant"]];
        foreach (string[] other in others) Refused(other[0], ["--data", "digits", .. other]);
        Refused("--data", ["--data", folder.Root]);
        Assert.Equal(0, CommandLine.Run("train", "mlp", "--data", "digits", "--epochs", "2", "--out", run, "--resume").ExitCode);

        void Refused(string option, string[] arguments)
        {
            var result = CommandLine.Run(["train", "mlp", "--out", run, "--resume", .. arguments]);
            Assert.Equal(Failures.Usage, result.ExitCode);
            Assert.Contains($"was begun with {option} ", result.Errors);
            Assert.Equal(before, File.ReadAllText(description)); // as it was: the next attempt must find what the run was begun with
        }
    }

    [Fact]
    public void What_a_killed_process_had_half_written_is_gone_after_the_next_training_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        Directory.CreateDirectory(run);
        string[] halves = ["checkpoint.safetensors.123.tmp", "history.csv.123.tmp", "curves.png.0123456789abcdef0123456789abcdef.part"];
        foreach (string name in (string[])[.. halves, "mine.tmp", "mine.part"]) File.WriteAllText(Path.Combine(run, name), "half");
        Assert.Equal(0, CommandLine.Run("train", "mlp", "--data", "digits", "--epochs", "1", "--out", run, "--resume").ExitCode);
        Assert.All(halves, name => Assert.False(File.Exists(Path.Combine(run, name)), name));
        Assert.True(File.Exists(Path.Combine(run, "mine.tmp")) && File.Exists(Path.Combine(run, "mine.part")));
    }

    [Fact]
    public void A_file_is_no_place_for_a_run()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "kept");
        var result = CommandLine.Run("train", "mlp", "--data", "digits", "--epochs", "1", "--out", folder["file"]);
        Assert.Equal(Failures.Usage, result.ExitCode);
        Assert.Contains("is a file; --out names a folder", result.Errors);
        Assert.Equal(Failures.Failure, CommandLine.Run("train", "mlp", "--data", "digits", "--epochs", "1", "--out", Path.Combine(folder["file"], "run")).ExitCode);
        Assert.Equal("kept", File.ReadAllText(folder["file"]));
    }

    [Theory]
    [InlineData("the class 'a' alone", "a", "a", "a", "a", "a", "a")]
    [InlineData("too few samples: 4 to train on", "a", "a", "a", "b", "b", "b")]
    [InlineData("class 'b' has 1 picture", "a", "a", "b")]
    public void Folders_with_too_few_pictures_say_what_is_missing(string message, params string[] classes)
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < classes.Length; i++)
        {
            Directory.CreateDirectory(Path.Combine(folder["pictures"], classes[i]));
            File.WriteAllText(Path.Combine(folder["pictures"], classes[i], $"{i}.pgm"), "P2 2 2 255 0 100 200 255");
        }

        var result = CommandLine.Run("train", "mlp", "--data", folder["pictures"], "--out", folder["run"]);
        Assert.Equal(Failures.Failure, result.ExitCode);
        Assert.Contains(message, result.Errors);
        Assert.Single(result.Errors.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(folder["run"]));
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
