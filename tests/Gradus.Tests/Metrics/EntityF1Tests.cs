using Gradus.Metrics;

namespace Gradus.Tests.Metrics;

public class EntityF1Tests
{
    private static readonly string[] Tags = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "E-PER", "S-PER", "M-LOC", "E-LOC", "S-LOC"];

    [Theory]
    [InlineData("B-PER I-PER O B-LOC", "PER 0 2, LOC 3 4")]
    [InlineData("B-PER B-PER I-PER", "PER 0 1, PER 1 3")]
    [InlineData("I-PER I-PER O I-LOC", "PER 0 2, LOC 3 4")]              // an I without a B begins
    [InlineData("B-PER I-LOC I-LOC", "PER 0 1, LOC 1 3")]                // another type begins
    [InlineData("S-PER S-PER B-PER I-PER E-PER", "PER 0 1, PER 1 2, PER 2 5")]
    [InlineData("B-LOC M-LOC E-LOC S-LOC", "LOC 0 3, LOC 3 4")]
    [InlineData("B-LOC E-LOC M-LOC E-LOC", "LOC 0 2, LOC 2 4")]          // after an E a new one begins
    [InlineData("B-PER I-PER S-PER I-PER", "PER 0 2, PER 2 3, PER 3 4")]
    [InlineData("O O", "")]
    public void Entities_are_read_as_conlleval_reads_them(string tags, string expected) =>
        Assert.Equal(expected, string.Join(", ", new EntityF1(Tags).Entities(Numbers(tags)).Select(entity => $"{entity.Type} {entity.Start} {entity.End}")));

    [Fact]
    public void Only_entities_with_the_right_type_and_ends_count()
    {
        var metric = new EntityF1(Tags);
        metric.Add(Numbers("B-PER I-PER O B-LOC O B-LOC"), Numbers("B-PER I-PER O B-LOC I-LOC B-PER")); // right; too short; wrong type
        Assert.Equal((new ClassScore(1, 0, 1), new ClassScore(0, 2, 1)), (metric.ByType["PER"], metric.ByType["LOC"]));
        Assert.Equal((1 / 3.0, 1 / 3.0, 1 / 3.0), (metric.Overall.Precision, metric.Overall.Recall, metric.Overall.F1));
        Assert.Equal(["LOC", "PER"], metric.ByType.Keys);
    }

    [Fact]
    public void Batches_end_where_the_tags_or_the_lengths_say()
    {
        var metric = new EntityF1(Tags);
        IntTensor predicted = new([1, 2, 1, 3, 0, 1], [2, 3]), expected = new([1, 2, -1, 3, 0, 0], [2, 3]);
        metric.Add(predicted, expected);
        Assert.Equal(new ClassScore(2, 1, 0), metric.Overall);
        metric.Reset();
        metric.Add(predicted, expected, new IntTensor(2, 1));
        Assert.Equal(new ClassScore(2, 0, 0), metric.Overall);
        Assert.Throws<ShapeException>(() => metric.Add(predicted, new IntTensor(1, 2, 3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => metric.Add(new IntTensor([99], [1, 1]), new IntTensor([0], [1, 1])));
    }

    [Theory]
    [InlineData("X-PER"), InlineData("B"), InlineData("BPER"), InlineData("")]
    public void A_tag_that_is_none_is_named(string tag) =>
        Assert.Contains($"'{tag}'", Assert.Throws<ArgumentException>(() => new EntityF1(["O", tag])).Message, StringComparison.Ordinal);

    private static int[] Numbers(string tags) => [.. tags.Split(' ').Select(tag => Array.IndexOf(Tags, tag))];
}
