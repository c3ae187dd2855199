namespace Gradus.Cli.Tests;

[Collection("console")]
public sealed class BankTests : IDisposable
{
    private const string Variable = "GRADUS_BANK";

    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _folder.Dispose();
    }

    [Fact]
    public void A_question_is_listed_shown_and_found_in_both_languages()
    {
        var list = CommandLine.Run("bank", "list", "--json");
        Assert.Equal(0, list.ExitCode);
        var eleventh = list.Json.EnumerateArray().Single(question => question.GetProperty("number").GetInt32() == 11);
        Assert.Contains(eleventh.GetProperty("title_zh").GetString()!, CommandLine.Run("bank", "list", "--lang", "zh").Output, StringComparison.Ordinal);
        var shown = CommandLine.Run("bank", "show", "11", "--lang", "en");
        Assert.Contains("Short answer", shown.Output, StringComparison.Ordinal);
        Assert.Contains("gradus lab run vanishing-gradients", shown.Output, StringComparison.Ordinal);
        Assert.Contains("σ² = 2/n", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\\frac", shown.Output, StringComparison.Ordinal);
        var brief = CommandLine.Run("bank", "show", "11", "--short", "--lang", "zh").Output;
        Assert.Contains("简答", brief, StringComparison.Ordinal);
        Assert.DoesNotContain("详解", brief, StringComparison.Ordinal);
        Assert.Contains("11.", CommandLine.Run("bank", "search", "vanishing exploding", "--lang", "en").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "there is no question 99; the bank has 1 to", "bank", "show", "99")]
    [InlineData(1, "no question holds 'zyzzyva'", "bank", "search", "zyzzyva", "--lang", "en")]
    [InlineData(2, "the text to search for is empty", "bank", "search", " ")]
    [InlineData(2, "--lang is zh or en; got 'fr'", "bank", "list", "--lang", "fr")]
    [InlineData(2, "there is no lab 'vanishing-gradient'; see 'gradus lab list'. Did you mean 'vanishing-gradients'?", "lab", "show", "vanishing-gradient")]
    [InlineData(2, "vanishing-gradients has no knob 'dept'; it has depth,", "lab", "run", "vanishing-gradients", "--set", "dept=3")]
    [InlineData(2, "Did you mean 'depth'?", "lab", "run", "vanishing-gradients", "--set", "dept=3")]
    [InlineData(2, "depth goes from 2 to 60; got 99", "lab", "run", "vanishing-gradients", "--set", "depth=99")]
    [InlineData(2, "depth is a whole number from 2 to 60; got 2.5", "lab", "run", "vanishing-gradients", "--set", "depth=2.5")]
    [InlineData(2, "depth is a number from 2 to 60; got 'deep'", "lab", "run", "vanishing-gradients", "--set", "depth=deep")]
    [InlineData(2, "--set takes KNOB=VALUE; got 'depth'", "lab", "run", "vanishing-gradients", "--set", "depth")]
    [InlineData(2, "has no preset 'shalow'", "lab", "run", "vanishing-gradients", "--preset", "shalow")]
    [InlineData(2, "--tiny, --quick, --full and --long exclude each other", "lab", "run", "vanishing-gradients", "--tiny", "--full")]
    [InlineData(2, "--questions takes numbers and ranges such as 1-12 or 5,27,41; got '12-1'", "verify", "--questions", "12-1")]
    [InlineData(2, "there is no question 99", "verify", "--questions", "11,99")]
    public void What_cannot_be_is_one_line(int code, string message, params string[] arguments)
    {
        var answer = CommandLine.Run(arguments);
        Assert.Equal(code, answer.ExitCode);
        Assert.Contains(message, answer.Errors, StringComparison.Ordinal);
        Assert.Single(answer.Errors.Trim().Split('\n'));
    }

    [Fact]
    public void A_lab_runs_and_leaves_its_files_and_its_verdicts_decide_the_exit_code()
    {
        var good = CommandLine.Run("lab", "run", "vanishing-gradients", "--tiny", "--out", _folder["good"], "--json", _folder["good.json"], "--lang", "en");
        Assert.Equal((0, ""), (good.ExitCode, good.Errors));
        Assert.Contains("residual-keeps-the-gradient", good.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder["good"], "gradient-by-layer.png")));
        Assert.True(File.Exists(Path.Combine(_folder["good"], "result.json")));
        Assert.Contains("\"claim_id\": \"relu-keeps-the-gradient\"", File.ReadAllText(_folder["good.json"]), StringComparison.Ordinal);
        Assert.Equal(1, CommandLine.Run("lab", "run", "vanishing-gradients", "--tiny", "--out", _folder["bad"], "--set", "shortcut=false").ExitCode);
    }

    [Fact]
    public void A_verification_of_one_question_says_what_it_found()
    {
        var run = CommandLine.Run("verify", "--tiny", "--questions", "11", "--out", _folder["verify"], "--json", _folder["found.json"], "--lang", "en");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("vanishing-gradients/deep-sigmoid-loses-gradient", run.Output, StringComparison.Ordinal);
        Assert.Contains("0 proven of 1", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("[", File.ReadAllText(_folder["found.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_question_is_named_by_file_and_line_and_a_missing_bank_by_its_folder()
    {
        string file = Path.Combine(_folder["bank"], "01-one", "en.md");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "---\nnumber: [\n---\n");
        File.WriteAllText(Path.Combine(_folder["bank"], "01-one", "zh.md"), "---\ntitle: 一\n---\n");
        Environment.SetEnvironmentVariable(Variable, _folder["bank"]);
        var broken = CommandLine.Run("bank", "list");
        Assert.Equal(1, broken.ExitCode);
        Assert.StartsWith($"gradus: {file}:", broken.Errors, StringComparison.Ordinal);
        Environment.SetEnvironmentVariable(Variable, _folder["nowhere"]);
        Assert.Contains($"there is no question bank in '{_folder["nowhere"]}'", CommandLine.Run("bank", "list").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_folder_that_cannot_be_written_is_one_line()
    {
        File.WriteAllText(_folder["file"], "");
        var run = CommandLine.Run("lab", "run", "vanishing-gradients", "--tiny", "--out", Path.Combine(_folder["file"], "under"));
        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.Errors.Trim().Split('\n'));
        Assert.Contains(_folder["file"], run.Errors, StringComparison.Ordinal);
    }
}
