namespace Gradus.Labs.Tests;

public class CatalogTests : LabTests
{
    public static TheoryData<string> Slugs => [.. new LabCatalog().Slugs];

    [Theory, MemberData(nameof(Slugs))]
    public void Every_lab_runs_in_the_tiny_budget_and_finds_the_same_twice(string slug)
    {
        var first = Run(new LabCatalog().Make(slug));
        Assert.NotEmpty(first.Verdicts);
        Assert.All(first.Verdicts, verdict => Assert.True(verdict.Outcome != Labs.Outcome.Fails, $"{verdict.Claim}: {verdict.Decisive}"));
        Assert.True(first.Charts.Count + first.Pictures.Count > 0, "a lab draws what it saw");
        Assert.Equal(first.Verdicts.Select(verdict => verdict.Claim), first.Verdicts.Select(verdict => verdict.Claim).Distinct());
    }

    [Theory, MemberData(nameof(Slugs))]
    public void Every_lab_has_a_knob_and_shows_its_source(string slug)
    {
        var lab = new LabCatalog().Make(slug);
        Assert.NotEmpty(Knob.Of(lab.GetType()));
        Assert.All(Knob.Of(lab.GetType()), knob => Assert.True(knob.Meaning is { En.Length: > 0, Zh.Length: > 0 }, $"{slug}: {knob.Name} does not say what it turns"));
        Assert.Contains($"class {lab.GetType().Name}", LabCatalog.Source(lab), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Slugs))]
    public void Every_preset_turns_knobs_that_there_are(string slug)
    {
        foreach (var preset in new LabCatalog().Make(slug).Presets) Assert.Equal(slug, new LabCatalog().Make(slug, preset.Knobs).Slug);
    }
}
