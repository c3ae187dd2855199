using System.Globalization;

namespace Gradus.Cli.Tests;

[Collection("console")] // one console, one number of threads, one environment: one test at a time
public sealed class TextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string? _before = Environment.GetEnvironmentVariable("GRADUS_DATA");

    // Small sets under the names of real ones: "good" and "bad" decide the class, names begin with a capital.
    public TextTests()
    {
        Environment.SetEnvironmentVariable("GRADUS_DATA", _folder["data"]);
        Write("sst2/train.tsv", "sentence\tlabel\n" + string.Concat(Enumerable.Range(0, 160).Select(i => $"{Sentence(i)}\t{i % 2}\n")));
        Write("sst2/dev.tsv", "sentence\tlabel\n" + string.Concat(Enumerable.Range(200, 40).Select(i => $"{Sentence(i)}\t{i % 2}\n")));
        Write("conll2003/train.txt", string.Concat(Enumerable.Range(0, 120).Select(Tagged)));
        Write("conll2003/valid.txt", string.Concat(Enumerable.Range(300, 30).Select(Tagged)));
        Write("text.txt", string.Concat(Enumerable.Repeat("abcdefghijklmnopqrstuvwxyz ", 120)));

        static string Sentence(int i) => string.Join(' ', [.. Enumerable.Range(0, 1 + i % 9).Select(t => $"w{(i * 7 + t) % 11}"), i % 2 == 1 ? "good" : "bad", .. Enumerable.Range(0, i / 2 % 4).Select(t => $"w{t}")]);

        static string Tagged(int i) => string.Concat(Enumerable.Range(0, 1 + i % 6).Select(t => $"w{(i + t) % 5} O 0\n")) + "Anna B-PER 0\n" + (i % 2 == 0 ? "Berg I-PER 0\n" : "") + "sees O 0\n" + (i % 3 == 0 ? "Rome B-LOC 0\n" : "") + "\n";
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("GRADUS_DATA", _before);
        _folder.Dispose();
    }

    [Theory]
    [InlineData("text-lstm"), InlineData("sequence-lstm"), InlineData("sequence-rnn"), InlineData("transformer-encoder")]
    public void Sentences_are_learned_measured_and_classified(string model)
    {
        string run = _folder["run"];
        var trained = CommandLine.Run("train", model, "--data", "sst2", "--epochs", "25", "--batch", "32", "--lr", "0.005", "--out", run, "--json");
        Assert.Equal(("", 0), (trained.ExitCode == 0 ? "" : trained.Errors, trained.ExitCode));
        Assert.True(trained.Json.GetProperty("test_accuracy").GetDouble() > 0.9, trained.Output);
        foreach (string file in (string[])["model.safetensors", "vocabulary.json", "history.csv", "curves.png", "confusion.png"]) Assert.True(File.Exists(Path.Combine(run, file)), file);
        var evaluated = CommandLine.Run("evaluate", run, "--json");
        Assert.Equal(trained.Json.GetProperty("test_accuracy").GetDouble(), evaluated.Json.GetProperty("test_accuracy").GetDouble());
        Assert.Equal(40, evaluated.Json.GetProperty("confusion").EnumerateArray().SelectMany(row => row.EnumerateArray()).Sum(cell => cell.GetInt32()));

        File.WriteAllText(_folder["lines"], "w1 w2 bad\n\nw3 GOOD!\n"); // another case, with punctuation that no set has
        var predicted = CommandLine.Run("predict", run, _folder["lines"], "--text", "w1 good w1", "--json");
        Assert.Equal(["negative", "positive", "positive"], predicted.Json.EnumerateArray().Select(answer => answer.GetProperty("class").GetString()));
        Assert.Contains("positive", CommandLine.Run("predict", run, "--text", "w4 good").Output, StringComparison.Ordinal);
        Assert.Contains("has no words", CommandLine.Run("predict", run, "--text", " ").Errors, StringComparison.Ordinal);
    }

    [Theory, InlineData("bilstm-crf"), InlineData("gru-crf")]
    public void Entities_are_learned_measured_by_F1_and_found(string model)
    {
        string run = _folder["run"];
        var trained = CommandLine.Run("train", model, "--data", "conll2003", "--epochs", "8", "--batch", "16", "--lr", "0.01", "--out", run, "--json");
        Assert.True(trained.Json.GetProperty("test_f1").GetDouble() > 0.9, trained.Output);
        Assert.InRange(trained.Json.GetProperty("test_accuracy").GetDouble(), 0.9, 1);
        Assert.Contains("B-PER", File.ReadAllText(Path.Combine(run, "architecture.json")), StringComparison.Ordinal);
        var evaluated = CommandLine.Run("evaluate", run, "--json");
        Assert.Equal(trained.Json.GetProperty("test_f1").GetDouble(), evaluated.Json.GetProperty("test_f1").GetDouble());
        Assert.Equal(["LOC", "PER"], evaluated.Json.GetProperty("entities").EnumerateArray().Select(entity => entity.GetProperty("type").GetString()));
        Assert.Equal("w1 Anna/B-PER Berg/I-PER sees Rome/B-LOC", CommandLine.Run("predict", run, "--text", "w1 Anna Berg sees Rome").Output.Trim());
        var entity = CommandLine.Run("predict", run, "--text", "w1 Anna Berg sees Rome", "--json").Json[0].GetProperty("entities")[0];
        Assert.Equal(("PER", "Anna Berg", 1, 3), (entity.GetProperty("type").GetString(), entity.GetProperty("text").GetString(), entity.GetProperty("start").GetInt32(), entity.GetProperty("end").GetInt32()));
    }

    [Fact]
    public void A_text_is_learned_and_continued()
    {
        string run = _folder["run"], text = Path.Combine(_folder["data"], "text.txt");
        var trained = CommandLine.Run("train", "gpt-small", "--data", text, "--epochs", "14", "--batch", "4", "--lr", "0.003", "--out", run, "--json");
        double perplexity = trained.Json.GetProperty("validation_perplexity").GetDouble();
        Assert.InRange(perplexity, 1, 3); // a guess has 256
        Assert.Equal(perplexity, CommandLine.Run("evaluate", run, "--json").Json.GetProperty("validation_perplexity").GetDouble(), 1e-9);
        string[] ask = ["predict", run, "--text", "lmnop", "--length", "150"];
        var first = CommandLine.Run([.. ask, "--temperature", "0"]);
        Assert.StartsWith("lmnopqrstuvwxyz abcdef", first.Output, StringComparison.Ordinal);
        Assert.Equal(155, first.Output.TrimEnd('\n').Length); // longer than a window
        Assert.Equal(CommandLine.Run([.. ask, "--seed", "3"]).Output, CommandLine.Run([.. ask, "--seed", "3"]).Output);
        Assert.Contains("give its beginning by --text", CommandLine.Run("predict", run).Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text-lstm", "sst2"), InlineData("bilstm-crf", "conll2003"), InlineData("gpt-small", "text")]
    public void A_training_that_was_stopped_goes_on_bit_for_bit(string model, string data)
    {
        if (data == "text") data = Path.Combine(_folder["data"], "text.txt");
        string[] settings = ["train", model, "--data", data, "--epochs", "2", "--batch", "16", "--seed", "3"];
        Assert.Equal(0, CommandLine.Run([.. settings, "--out", _folder["whole"]]).ExitCode);
        using var stop = new CancellationTokenSource();
        using var watcher = new FileSystemWatcher(_folder.Root) { IncludeSubdirectories = true, EnableRaisingEvents = true };
        watcher.Renamed += (_, renamed) => { if (renamed.FullPath == Path.Combine(_folder["stopped"], "history.csv")) stop.Cancel(); };
        CommandLine.Run(stop.Token, [.. settings, "--out", _folder["stopped"]]);
        Assert.Equal(0, CommandLine.Run("train", model, "--data", data, "--out", _folder["stopped"], "--resume").ExitCode);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["whole"], "model.safetensors")), File.ReadAllBytes(Path.Combine(_folder["stopped"], "model.safetensors")));
    }

    [Fact]
    public void A_rate_for_texts_is_found()
    {
        var found = CommandLine.Run("lr-find", "text-lstm", "--data", "sst2", "--batch", "16", "--out", _folder["curve.png"], "--json");
        Assert.InRange(double.Parse(found.Json.GetProperty("suggestion").GetRawText(), CultureInfo.InvariantCulture), 1e-5, 1);
    }

    [Theory]
    [InlineData("takes sets of texts with one class each: chnsenticorp, sst2, thucnews-titles; got 'conll2003'", "train", "text-lstm", "--data", "conll2003")]
    [InlineData("takes sets of texts with a tag for each token: conll2003, resume-ner; got 'digits'", "train", "bilstm-crf", "--data", "digits")]
    [InlineData("Did you mean 'sst2'?", "train", "text-lstm", "--data", "sst3")]
    [InlineData("sst2 is a set of texts, and pictures or tables are needed here; such texts are for sequence-lstm", "train", "cnn-small", "--data", "sst2")]
    [InlineData("unet takes pictures with a label for every pixel", "train", "unet", "--data", "digits")]
    [InlineData("makes one sequence of tokens from another", "train", "seq2seq-transformer", "--data", "sst2")]
    [InlineData("--data names a file of text, and there is no file 'nowhere'", "train", "gpt-small", "--data", "nowhere")]
    [InlineData("conll2003 is a set of short texts", "lr-find", "gpt-small", "--data", "conll2003")]
    [InlineData("augmentations change pictures", "train", "text-lstm", "--data", "sst2", "--augment", "crop")]
    [InlineData("--temperature is at least 0", "predict", "run", "--text", "a", "--temperature", "-1")]
    public void What_does_not_fit_is_one_clear_line(string message, params string[] arguments)
    {
        var result = CommandLine.Run(arguments);
        Assert.Equal(Failures.Usage, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.Single(result.Errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public void A_text_that_is_too_short_and_a_run_with_another_vocabulary_are_refused()
    {
        string run = _folder["run"];
        File.WriteAllText(_folder["short.txt"], new string('a', 1000));
        var result = CommandLine.Run("train", "gpt-small", "--data", _folder["short.txt"], "--out", run);
        Assert.Equal(Failures.Failure, result.ExitCode);
        Assert.Contains("too short: 1000 bytes", result.Errors, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("train", "sequence-rnn", "--data", "sst2", "--epochs", "1", "--out", run).ExitCode);
        File.WriteAllText(Path.Combine(run, "vocabulary.json"), """{"Version":1,"Tokens":["a"]}""");
        Assert.Contains("belongs to another run", CommandLine.Run("predict", run, "--text", "a").Errors, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(run, "architecture.json"), File.ReadAllText(Path.Combine(run, "architecture.json")).Replace("\"words\"", "\"syllables\"", StringComparison.Ordinal));
        Assert.Contains("architecture.json is damaged", CommandLine.Run("evaluate", run).Errors, StringComparison.Ordinal);
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder["data"], name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
