using Gradus.Plots;

namespace Gradus.Cli.Tests;

[Collection("console")] // one console, one number of threads: one test at a time
public class UseTests
{
    [Fact]
    public void A_trained_run_is_evaluated_as_training_found_it_and_predicts_pictures()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"], picture = folder["picture.png"];
        var trained = CommandLine.Run("train", "mlp", "--data", "digits", "--epochs", "5", "--out", run, "--json");
        var evaluated = CommandLine.Run("evaluate", run, "--json");
        Assert.Equal(trained.Json.GetProperty("test_accuracy").GetDouble(), evaluated.Json.GetProperty("test_accuracy").GetDouble());
        Assert.Equal(10, evaluated.Json.GetProperty("confusion").GetArrayLength());
        Assert.Contains("precision", CommandLine.Run("evaluate", run).Output);
        Assert.Contains("the last 20 % of each class", evaluated.Json.GetProperty("note").GetString());
        Assert.Contains("the last 20 % of each class", File.ReadAllText(Path.Combine(run, "environment.json"))); // which test set the figure is of

        PicturesPlot.Save(picture, [new Picture(new float[64], 1, 8, 8)], columns: 1);
        var predicted = CommandLine.Run("predict", run, picture, "--json");
        Assert.Equal(0, predicted.ExitCode);
        double sum = predicted.Json[0].GetProperty("probabilities").EnumerateArray().Sum(each => each.GetProperty("probability").GetDouble());
        Assert.Equal(1, sum, 1e-5);
    }

    [Fact]
    public void Damaged_runs_and_other_sets_are_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"], model = Path.Combine(run, "model.safetensors");
        CommandLine.Run("train", "mlp", "--data", "digits", "--epochs", "1", "--out", run);
        Assert.Equal(Failures.Usage, CommandLine.Run("train", "mlp", "--data", "digits", "--out", run).ExitCode); // never over another run
        Assert.Equal(Failures.Failure, CommandLine.Run("predict", run, model).ExitCode); // not a picture
        Assert.Equal(Failures.Usage, CommandLine.Run("predict", run, folder["no.png"]).ExitCode);

        File.WriteAllBytes(model, File.ReadAllBytes(model)[..1000]);
        var truncated = CommandLine.Run("evaluate", run);
        Assert.Equal(Failures.Failure, truncated.ExitCode);
        Assert.Contains("model.safetensors", truncated.Errors);
        File.WriteAllText(Path.Combine(run, "architecture.json"), "{");
        Assert.Contains("architecture.json is damaged", CommandLine.Run("evaluate", run).Errors);
    }

    [Theory]
    [InlineData("\"outputs\": 10", "\"outputs\": 2000000000")]
    [InlineData("\"mean\": [", "\"mean\": [ 1,")]
    [InlineData("\"deviation\": [", "\"deviation\": [ 0 ], \"left\": [")]
    [InlineData("\"class_names\": [", "\"class_names\": [ null,")]
    [InlineData("\"0\"", "null")]
    [InlineData("\"batch\": 64", "\"batch\": 0")]
    [InlineData("\"epochs\": 1", "\"epochs\": -1")]
    [InlineData("\"optimizer\": \"adam\"", "\"optimizer\": \"luck\"")]
    public void A_description_that_cannot_be_is_refused_as_damaged(string written, string instead)
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"], description = Path.Combine(run, "architecture.json");
        CommandLine.Run("train", "mlp", "--data", "digits", "--epochs", "1", "--out", run);
        string text = File.ReadAllText(description);
        Assert.Contains(written, text);
        File.WriteAllText(description, text.Replace(written, instead, StringComparison.Ordinal));
        string[][] commands = [["evaluate", run], ["train", "mlp", "--data", "digits", "--out", run, "--resume"]];
        foreach (string[] command in commands)
        {
            var result = CommandLine.Run(command);
            Assert.Equal(Failures.Failure, result.ExitCode);
            Assert.Contains("architecture.json is damaged", result.Errors);
            Assert.Single(result.Errors.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public void Every_command_explains_itself_with_examples()
    {
        string[][] commands = [[], ["train"], ["lr-find"], ["sweep"], ["evaluate"], ["predict"], ["data"], ["data", "list"], ["data", "get"], ["data", "show"], ["model"], ["model", "list"], ["model", "show"]];
        foreach (string[] command in commands)
        {
            var result = CommandLine.Run([.. command, "--help"]);
            Assert.Equal(0, result.ExitCode);
            Assert.Contains($"gradus {string.Join(' ', command)}", result.Output[result.Output.IndexOf("EXAMPLES", StringComparison.Ordinal)..]);
        }

        Assert.Matches(@"^\d+\.\d+\.\d+", CommandLine.Run("--version").Output);
    }

    [Fact]
    public void Lists_are_documents()
    {
        Assert.Contains("cnn-small", CommandLine.Run("model", "list", "--json").Json.EnumerateArray().Select(model => model.GetProperty("name").GetString()));
        Assert.Contains("digits", CommandLine.Run("data", "list", "--json").Json.EnumerateArray().Select(set => set.GetProperty("name").GetString()));
        Assert.Equal(61_770, CommandLine.Run("model", "show", "cnn-32", "--json").Json.GetProperty("parameters").GetInt32());
        Assert.Contains("61,770", CommandLine.Run("model", "show", "cnn-32").Output);
        Assert.Equal("built in", CommandLine.Run("data", "get", "digits", "--json").Json.GetProperty("kind").GetString());
    }
}
