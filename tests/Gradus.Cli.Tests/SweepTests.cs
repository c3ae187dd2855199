using System.Text.Json;

namespace Gradus.Cli.Tests;

[Collection("console")] // one console, one number of threads: one test at a time
public sealed class SweepTests : IDisposable
{
    private const string Grid = """
        {
          "command": "train mlp --data digits --epochs 2 --schedule constant", // the rates are to be seen as they are
          "options": { "optimizer": ["sgd", "adam"], "lr": { "from": 1e-4, "to": 1e-2, "scale": "log", "count": 3 } },
        }
        """;

    private readonly TemporaryFolder _folder = new();

    private string File => _folder["sweep.json"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_grid_has_every_combination_and_the_last_option_varies_fastest()
    {
        System.IO.File.WriteAllText(File, Grid);
        var list = CommandLine.Run("sweep", File, "--list", "--json");
        Assert.Equal(0, list.ExitCode);
        string[][] expected = [["sgd", "0.0001"], ["sgd", "0.001"], ["sgd", "0.01"], ["adam", "0.0001"], ["adam", "0.001"], ["adam", "0.01"]];
        Assert.Equal(expected.Select(pair => $"train mlp --data digits --epochs 2 --schedule constant --optimizer {pair[0]} --lr {pair[1]}"), Arguments(list));
        Assert.Equal(Enumerable.Range(0, 6), list.Json.EnumerateArray().Select(each => each.GetProperty("index").GetInt32()));
        Assert.Matches(@"4\s+adam\s+0\.001\b", CommandLine.Run("sweep", File, "--list").Output);
    }

    [Fact]
    public void A_random_search_depends_on_its_seed_and_each_combination_on_itself_alone()
    {
        const string Text = """
            { "command": ["train", "mlp", "--data", "digits"], "search": "random", "count": 40, "seed": 7,
              "options": { "lr": { "from": 1e-5, "to": 1e-1, "scale": "log" }, "batch": { "from": 16, "to": 20, "whole": true }, "tensorboard": [true, false] } }
            """;
        System.IO.File.WriteAllText(File, Text);
        string[] all = Arguments(CommandLine.Run("sweep", File, "--list", "--json"));
        Assert.Equal(40, all.Length);
        Assert.Equal(all, Arguments(CommandLine.Run("sweep", File, "--list", "--json")));
        Assert.Equal(all[..5], Arguments(CommandLine.Run("sweep", File, "--list", "--json", "--count", "5")));
        double[] rates = [.. all.Select(line => double.Parse(line.Split(' ')[5], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.All(rates, rate => Assert.InRange(rate, 1e-5, 1e-1));
        Assert.InRange(rates.Count(rate => rate < 1e-3), 10, 30); // half of a logarithmic range
        Assert.Equal(["16", "17", "18", "19", "20"], all.Select(line => line.Split(' ')[7]).Distinct().Order());
        Assert.InRange(all.Count(line => line.EndsWith(" --tensorboard", StringComparison.Ordinal)), 10, 30);
        System.IO.File.WriteAllText(File, Text.Replace("\"seed\": 7", "\"seed\": 8", StringComparison.Ordinal));
        Assert.NotEqual(all, Arguments(CommandLine.Run("sweep", File, "--list", "--json")));
    }

    [Fact]
    public void Each_index_trains_its_combination_and_the_finished_ones_are_collected_best_first()
    {
        System.IO.File.WriteAllText(File, Grid);
        string runs = _folder["runs"];
        Assert.Equal(Failures.Usage, CommandLine.Run("sweep", File, "--collect", "--out", runs).ExitCode);
        Assert.Equal(0, CommandLine.Run("sweep", File, "--index", "0", "--out", runs).ExitCode);
        var trained = CommandLine.Run("sweep", File, "--index", "5", "--out", runs, "--json");
        Assert.Equal(2, trained.Json.GetProperty("epochs").GetArrayLength());
        Assert.Contains("\"optimizer\": \"adam\"", System.IO.File.ReadAllText(Path.Combine(runs, "005", "architecture.json")));

        var collected = CommandLine.Run("sweep", File, "--collect", "--out", runs, "--json").Json.EnumerateArray().ToArray();
        Assert.Equal([5, 0], collected.Select(run => run.GetProperty("index").GetInt32())); // Adam at 0.01 learns, SGD at 0.0001 hardly
        Assert.True(Accuracy(collected[0]) > Accuracy(collected[1]));
        Assert.Equal(trained.Json.GetProperty("epochs")[1].GetProperty("validation_accuracy").GetDouble(), Accuracy(collected[0]));
        Assert.Equal("0.0001", collected[1].GetProperty("options").GetProperty("lr").GetString());
        using var written = JsonDocument.Parse(System.IO.File.ReadAllText(Path.Combine(runs, "results.json")));
        Assert.Equal(2, written.RootElement.GetArrayLength());
        string table = CommandLine.Run("sweep", File, "--collect", "--out", runs).Output;
        Assert.Contains("2 of 6 are finished", table);
        Assert.True(table.IndexOf("adam", StringComparison.Ordinal) < table.IndexOf("sgd", StringComparison.Ordinal));

        var model = System.IO.File.GetLastWriteTimeUtc(Path.Combine(runs, "005", "model.safetensors"));
        Assert.Contains("already finished", CommandLine.Run("sweep", File, "--index", "5", "--out", runs).Output);
        Assert.Equal(model, System.IO.File.GetLastWriteTimeUtc(Path.Combine(runs, "005", "model.safetensors")));

        static double Accuracy(JsonElement run) => run.GetProperty("validation_accuracy").GetDouble();
    }

    [Fact]
    public void An_interrupted_combination_goes_on_bit_for_bit()
    {
        System.IO.File.WriteAllText(File, Grid.Replace("--epochs 2", "--epochs 15", StringComparison.Ordinal)); // long enough to be met in the middle
        string whole = _folder["whole"], stopped = _folder["stopped"], history = Path.Combine(stopped, "004", "history.csv");
        Assert.Equal(0, CommandLine.Run("sweep", File, "--index", "4", "--out", whole).ExitCode);
        using var stop = new CancellationTokenSource();
        using var watcher = new FileSystemWatcher(_folder.Root) { IncludeSubdirectories = true, EnableRaisingEvents = true };
        watcher.Renamed += (_, renamed) => { if (renamed.FullPath == history) stop.Cancel(); };
        Assert.Equal(Failures.Stopped, CommandLine.Run(stop.Token, "sweep", File, "--index", "4", "--out", stopped).ExitCode);
        Assert.Equal(Failures.Usage, CommandLine.Run("sweep", File, "--collect", "--out", stopped).ExitCode); // not finished
        Assert.Equal(0, CommandLine.Run("sweep", File, "--index", "4", "--out", stopped).ExitCode);
        Assert.Equal(System.IO.File.ReadAllBytes(Path.Combine(whole, "004", "model.safetensors")), System.IO.File.ReadAllBytes(Path.Combine(stopped, "004", "model.safetensors")));

        // one that was stopped before its first step
        Assert.Equal(Failures.Stopped, CommandLine.Run(new CancellationToken(canceled: true), "sweep", File, "--index", "3", "--out", stopped).ExitCode);
        Assert.Equal(1, CommandLine.Run("sweep", File, "--collect", "--out", stopped, "--json").Json.GetArrayLength());
        Assert.Equal(0, CommandLine.Run("sweep", File, "--index", "3", "--out", stopped).ExitCode);
        Assert.Equal(2, CommandLine.Run("sweep", File, "--collect", "--out", stopped, "--json").Json.GetArrayLength());
    }

    [Theory, InlineData("SLURM_ARRAY_TASK_ID"), InlineData("JOB_COMPLETION_INDEX")]
    public void The_index_is_the_job_s_if_none_is_given(string variable)
    {
        System.IO.File.WriteAllText(File, Grid);
        string? before = Environment.GetEnvironmentVariable(variable);
        try
        {
            Environment.SetEnvironmentVariable(variable, "6");
            Assert.Contains("0 to 5; got --index 6", CommandLine.Run("sweep", File, "--out", _folder["runs"]).Errors);
            Environment.SetEnvironmentVariable(variable, "x");
            Assert.Contains($"{variable} is 'x'", CommandLine.Run("sweep", File, "--out", _folder["runs"]).Errors);
            Environment.SetEnvironmentVariable(variable, "1");
            Assert.Equal(0, CommandLine.Run("sweep", File, "--out", _folder["runs"]).ExitCode);
            Assert.True(Directory.Exists(Path.Combine(_folder["runs"], "001")));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, before);
        }
    }

    [Fact]
    public void A_folder_of_another_sweep_is_refused()
    {
        System.IO.File.WriteAllText(File, Grid);
        Assert.Equal(0, CommandLine.Run("sweep", File, "--index", "1", "--out", _folder["runs"]).ExitCode);
        System.IO.File.WriteAllText(File, Grid.Replace("\"count\": 3", "\"count\": 2", StringComparison.Ordinal));
        foreach (string[] what in (string[][])[["--index", "1"], ["--collect"]])
        {
            var result = CommandLine.Run(["sweep", File, "--out", _folder["runs"], .. what]);
            Assert.Equal(Failures.Usage, result.ExitCode);
            Assert.Contains("is of another sweep, 'gradus train mlp --data digits --epochs 2 --schedule constant --optimizer sgd --lr 0.001'", result.Errors);
        }
    }

    [Fact]
    public void A_training_that_fails_fails_the_job_and_is_not_finished()
    {
        System.IO.File.WriteAllText(File, """{ "command": "train cnn-small --data digits --optimizer sgd --epochs 1", "options": { "lr": [1e30] } }""");
        var result = CommandLine.Run("sweep", File, "--index", "0", "--out", _folder["runs"]);
        Assert.Equal(Failures.Failure, result.ExitCode);
        Assert.Contains("epoch 1", result.Errors);
        Assert.Contains("no run of this sweep is finished", CommandLine.Run("sweep", File, "--collect", "--out", _folder["runs"]).Errors);
    }

    [Theory]
    [InlineData("is no JSON", "{")]
    [InlineData("is an object", "[]")]
    [InlineData("needs a \"command\"", """{ "options": { "lr": [1] } }""")]
    [InlineData("begins with 'train'; got 'evaluate runs/x'", """{ "command": "evaluate runs/x", "options": { "lr": [1] } }""")]
    [InlineData("--out is the sweep's own", """{ "command": "train mlp --data digits --out x", "options": { "lr": [1] } }""")]
    [InlineData("--resume is the sweep's own", """{ "command": "train mlp --data digits --resume", "options": { "lr": [1] } }""")]
    [InlineData("needs \"options\"", """{ "command": "train mlp --data digits" }""")]
    [InlineData("needs \"options\"", """{ "command": "train mlp --data digits", "options": {} }""")]
    [InlineData("no option 'learning-rate' that can be swept", """{ "command": "train mlp --data digits", "options": { "learning-rate": [1] } }""")]
    [InlineData("Did you mean 'epochs'?", """{ "command": "train mlp --data digits", "options": { "epoch": [1] } }""")]
    [InlineData("--lr is in the command and among the options", """{ "command": "train mlp --data digits --lr 1", "options": { "lr": [1] } }""")]
    [InlineData("is a list of values, or a range", """{ "command": "train mlp --data digits", "options": { "lr": 1 } }""")]
    [InlineData("is a list of values, or a range", """{ "command": "train mlp --data digits", "options": { "lr": [] } }""")]
    [InlineData("values are texts, numbers, true and false", """{ "command": "train mlp --data digits", "options": { "lr": [null] } }""")]
    [InlineData("needs a \"count\"", """{ "command": "train mlp --data digits", "options": { "lr": { "from": 1, "to": 2 } } }""")]
    [InlineData("needs a number \"to\"", """{ "command": "train mlp --data digits", "options": { "lr": { "from": 1 } } }""")]
    [InlineData("from a smaller to a larger number", """{ "command": "train mlp --data digits", "options": { "lr": { "from": 2, "to": 1, "count": 2 } } }""")]
    [InlineData("begins above 0", """{ "command": "train mlp --data digits", "options": { "lr": { "from": 0, "to": 1, "count": 2, "scale": "log" } } }""")]
    [InlineData("linear or log; got 'exp'", """{ "command": "train mlp --data digits", "options": { "lr": { "from": 0, "to": 1, "count": 2, "scale": "exp" } } }""")]
    [InlineData("Did you mean 'count'?", """{ "command": "train mlp --data digits", "options": { "lr": { "from": 0, "to": 1, "coutn": 2 } } }""")]
    [InlineData("a whole number from 1", """{ "command": "train mlp --data digits", "options": { "lr": { "from": 0, "to": 1, "count": 0 } } }""")]
    [InlineData("a random search needs a \"count\"", """{ "command": "train mlp --data digits", "search": "random", "options": { "lr": [1] } }""")]
    [InlineData("grid or random; got 'bayes'", """{ "command": "train mlp --data digits", "search": "bayes", "options": { "lr": [1] } }""")]
    [InlineData("a count is for \"search\": \"random\"", """{ "command": "train mlp --data digits", "count": 3, "options": { "lr": [1] } }""")]
    [InlineData("a seed is a whole number", """{ "command": "train mlp --data digits", "seed": -1, "options": { "lr": [1] } }""")]
    [InlineData("Did you mean 'search'?", """{ "command": "train mlp --data digits", "serach": "grid", "options": { "lr": [1] } }""")]
    [InlineData("more than 1000000 combinations", """{ "command": "train mlp --data digits", "options": { "lr": { "from": 1, "to": 2, "count": 2000 }, "seed": { "from": 0, "to": 5000, "count": 5000, "whole": true } } }""")]
    public void A_file_that_is_no_sweep_is_refused_in_one_line(string message, string text)
    {
        System.IO.File.WriteAllText(File, text);
        var result = CommandLine.Run("sweep", File, "--list");
        Assert.Equal(Failures.Usage, result.ExitCode);
        Assert.Contains(message, result.Errors);
        Assert.Single(result.Errors.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("there is no file 'nowhere.json'", "nowhere.json", "--list")]
    [InlineData("--index is at least 0", "nowhere.json", "--index=-1")]
    [InlineData("--count is from 1", "nowhere.json", "--count", "0")]
    [InlineData("exclude each other", "nowhere.json", "--list", "--collect")]
    [InlineData("--out is empty", "nowhere.json", "--out", "")]
    public void Wrong_usage_is_one_clear_line(string message, params string[] arguments)
    {
        var result = CommandLine.Run(["sweep", .. arguments]);
        Assert.Equal(Failures.Usage, result.ExitCode);
        Assert.Contains(message, result.Errors);
        Assert.Single(result.Errors.TrimEnd().Split('\n'));
    }

    private static string[] Arguments(CommandLine list) =>
        [.. list.Json.EnumerateArray().Select(each => string.Join(' ', each.GetProperty("arguments").EnumerateArray().Select(word => word.GetString())))];
}
