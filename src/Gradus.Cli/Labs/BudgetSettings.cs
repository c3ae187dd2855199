using System.ComponentModel;
using Gradus.Labs;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Gradus.Cli.Labs;

/// <summary>What <c>lab run</c> and <c>verify</c> share: how much to take, and from which seed.</summary>
internal class BudgetSettings : CommandSettings
{
    [CommandOption("--tiny")]
    [Description("At most 2 seconds a lab: does it still run?")]
    public bool Tiny { get; init; }

    [CommandOption("--quick")]
    [Description("Some seconds a lab, all of them within 5 minutes, one seed. This is the default.")]
    public bool Quick { get; init; }

    [CommandOption("--full")]
    [Description("At most 3 minutes a lab, three seeds: what counts as a proof.")]
    public bool Full { get; init; }

    [CommandOption("--long")]
    [Description("Up to 25 minutes for the few labs that need it; for the others as --full.")]
    public bool Long { get; init; }

    [CommandOption("--seed <NUMBER>")]
    [Description("The first seed; the same seed gives the same figures on any number of threads. 0 if not given.")]
    public ulong Seed { get; init; }

    [CommandOption("--fresh")]
    [Description("Train every network anew instead of taking it from the cache.")]
    public bool Fresh { get; init; }

    [CommandOption("--out <DIR>")]
    [Description("The folder for results and pictures; under runs/ if not given.")]
    public string? Out { get; init; }

    [CommandOption("--json <FILE>")]
    [Description("Write claims, figures and verdicts as a JSON array into this file.")]
    public string? Json { get; init; }

    public Budget Budget => Tiny ? Budget.Tiny : Long ? Budget.Long : Full ? Budget.Full : Budget.Quick;

    public override ValidationResult Validate() =>
        new[] { Tiny, Quick, Full, Long }.Count(chosen => chosen) > 1 ? ValidationResult.Error("--tiny, --quick, --full and --long exclude each other")
        : Out?.Length == 0 ? ValidationResult.Error("--out is empty; it names the folder for results")
        : Json?.Length == 0 ? ValidationResult.Error("--json is empty; it names the file")
        : ValidationResult.Success();
}
