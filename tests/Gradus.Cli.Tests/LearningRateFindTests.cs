namespace Gradus.Cli.Tests;

[Collection("console")] // one console, one number of threads: one test at a time
public class LearningRateFindTests
{
    [Fact]
    public void A_rate_is_suggested_that_trains_and_the_curve_is_drawn()
    {
        using var folder = new TemporaryFolder();
        var found = CommandLine.Run("lr-find", "mlp", "--data", "digits", "--optimizer", "sgd", "--seed", "2", "--out", folder["curve.png"], "--json");
        Assert.Equal(0, found.ExitCode);
        double rate = found.Json.GetProperty("suggestion").GetDouble();
        Assert.InRange(rate, 1e-4, 1);
        Assert.InRange(found.Json.GetProperty("points").GetArrayLength(), 50, 200);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], File.ReadAllBytes(folder["curve.png"])[..4].Select(value => (int)value));
        var trained = CommandLine.Run("train", "mlp", "--data", "digits", "--optimizer", "sgd", "--lr", $"{rate}", "--epochs", "3", "--out", folder["run"], "--json");
        Assert.True(trained.Json.GetProperty("test_accuracy").GetDouble() > 0.7);
    }

    [Fact]
    public void The_table_has_the_steps_in_their_order_and_ends_with_the_option_to_give()
    {
        using var folder = new TemporaryFolder();
        var found = CommandLine.Run("lr-find", "mlp", "--data", "digits", "--steps", "60", "--low", "1e-5", "--high", "1", "--out", folder["curve.png"]);
        Assert.Contains("1.00E-5", found.Output);
        Assert.Matches(@"suggested: --lr [0-9.E-]+", found.Output);
        Assert.InRange(found.Output.Split('\n').Count(line => line.Contains("E-", StringComparison.Ordinal)), 10, 22);
    }

    [Theory]
    [InlineData("--low is above 0", "mlp", "--data", "digits", "--low", "0")]
    [InlineData("--high is above --low", "mlp", "--data", "digits", "--low", "1", "--high", "0.5")]
    [InlineData("--steps is at least 2", "mlp", "--data", "digits", "--steps", "1")]
    [InlineData("--batch is at least 1", "mlp", "--data", "digits", "--batch", "0")]
    [InlineData("no optimizer 'adagard'; there are sgd, adam, adamw, adagrad", "mlp", "--data", "digits", "--optimizer", "adagard")]
    [InlineData("Did you mean 'adagrad'?", "mlp", "--data", "digits", "--optimizer", "adagard")]
    [InlineData("no architecture 'mpl'", "mpl", "--data", "digits")]
    [InlineData("no data set or folder 'digit'", "mlp", "--data", "digit")]
    [InlineData("takes samples such as [3]", "mlp-3-4-2", "--data", "digits")]
    public void Wrong_usage_is_one_clear_line(string message, params string[] arguments)
    {
        var result = CommandLine.Run(["lr-find", .. arguments]);
        Assert.Equal(Failures.Usage, result.ExitCode);
        Assert.Contains(message, result.Errors);
        Assert.Single(result.Errors.TrimEnd().Split('\n'));
    }
}
