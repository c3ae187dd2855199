namespace Gradus.Data.Tests;

public class NearestNeighboursTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(37, 5)]
    [InlineData(600, 3)]
    public void Agrees_with_sorting_all_distances(int count, int neighbours)
    {
        var random = new RandomSource(7);
        int known = Math.Max(count, neighbours) + 11;
        Tensor samples = Tensor.Zeros([known, 3, 2]), queries = Tensor.Zeros([count, 3, 2]);
        random.Normal(samples.Span);
        random.Normal(queries.Span);
        var labels = new IntTensor([.. Enumerable.Range(0, known).Select(_ => random.Next(4))]);
        int[] expected = [.. Enumerable.Range(0, count).Select(query => Slowly(samples, labels, queries.Span.Slice(query * 6, 6).ToArray(), neighbours))];
        Assert.Equal(expected, new NearestNeighbours(samples, labels, neighbours).Classify(queries));
    }

    [Fact]
    public void Of_classes_with_as_many_votes_the_closest_wins()
    {
        var classifier = new NearestNeighbours(Tensor.From(new float[,] { { 0 }, { 1 }, { 5 }, { 6 } }), new IntTensor(2, 2, 1, 1), neighbours: 4);
        Assert.Equal([2, 1], classifier.Classify(Tensor.From(new float[,] { { 2 }, { 4 } })));
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var samples = Tensor.Zeros([3, 2]);
        Assert.Throws<ShapeException>(() => new NearestNeighbours(samples, new IntTensor(0, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NearestNeighbours(samples, new IntTensor(0, 1, 0), neighbours: 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NearestNeighbours(samples, new IntTensor(0, -1, 0), neighbours: 1));
        Assert.Contains("[1, 3]", Assert.Throws<ShapeException>(() => new NearestNeighbours(samples, new IntTensor(0, 1, 0), 1).Classify(Tensor.Zeros([1, 3]))).Message, StringComparison.Ordinal);
    }

    private static int Slowly(Tensor samples, IntTensor labels, float[] query, int neighbours)
    {
        double Distance(int i) => Enumerable.Range(0, 6).Sum(j => Math.Pow(samples.Span[i * 6 + j] - query[j], 2));
        int[] nearest = [.. Enumerable.Range(0, samples.Shape[0]).OrderBy(Distance).Take(neighbours).Select(i => labels.Span[i])];
        return nearest.GroupBy(label => label).OrderByDescending(group => group.Count()).ThenBy(group => Array.IndexOf(nearest, group.Key)).First().Key;
    }
}
