using System.Text;

namespace Gradus.Data.Tests;

public class TextBatchesTests
{
    [Theory, InlineData(true), InlineData(false)]
    public void Batches_of_tensors_hold_what_the_loader_gives_with_minus_one_behind_each_sentence(bool tagged)
    {
        var set = Sentences(103, tagged);
        var vocabulary = Vocabulary.Of(set);
        TokenLoader Loader() => new(set, vocabulary, 8, longest: 20, seed: 3);
        var batches = new TokenBatches(Loader());
        var shapes = new HashSet<string>();
        foreach (var (expected, actual) in Loader().Epoch(2).Zip(batches.Epoch(2)))
        {
            int width = expected.Tokens.Shape[1];
            shapes.Add($"{actual.Inputs.Shape}");
            Assert.Equal(expected.Tokens.Span.ToArray(), actual.Inputs.ToArray().Select(token => (int)token));
            Assert.Equal(expected.Lengths.Span.ToArray(), actual.Integers[1].Span.ToArray());
            for (int i = 0; i < actual.Labels.Span.Length; i++)
            {
                bool beyond = tagged && i % width >= expected.Lengths.Span[i / width];
                Assert.Equal(beyond ? -1 : expected.Targets.Span[i], actual.Labels.Span[i]);
            }
        }

        Assert.Equal(13, batches.Count);
        Assert.InRange(shapes.Count, 2, 8); // a captured step keeps eight plans
        Assert.Equal(Walk(batches, 4).Skip(5), Walk(batches, 4, 5));
    }

    [Fact]
    public void A_warm_batch_allocates_nothing()
    {
        var batches = new TokenBatches(new TokenLoader(Sentences(400, true), Vocabulary.Of(Sentences(400, true)), 4));
        for (int epoch = 0; epoch < 3; epoch++) foreach (var _ in batches.Epoch(epoch)) { }
        var walk = batches.Epoch(5).GetEnumerator();
        walk.MoveNext(); // the epoch's order
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++) walk.MoveNext();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_split_keeps_every_sentence_with_its_tags_once()
    {
        var set = (SequenceDataset)Sentences(50, true);
        var (first, second) = set.Split(0.2, seed: 7);
        Assert.Equal((40, 10), (first.Count, second.Count));
        Assert.Equal(All(set).Order(), All((SequenceDataset)first).Concat(All((SequenceDataset)second)).Order());
        Assert.Equal(All((SequenceDataset)second), All((SequenceDataset)set.Split(0.2, seed: 7).Second));
        Assert.NotEqual(All((SequenceDataset)second), All((SequenceDataset)set.Split(0.2, seed: 8).Second));

        static IEnumerable<string> All(SequenceDataset part) => Enumerable.Range(0, part.Count).Select(i => $"{string.Join(' ', part.Tokens(i).ToArray())}: {string.Join(' ', part.Tags(i).ToArray())}");
    }

    [Theory, InlineData(4, 3), InlineData(7, 1), InlineData(50, 4), InlineData(99, 2)]
    public void Windows_are_of_following_bytes_and_each_epoch_begins_elsewhere(int length, int batch)
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100).Select(i => (char)(i + 20))));
        var inOrder = new ByteWindows(text, length, batch);
        var bytes = inOrder.Epoch(0).SelectMany(each => each.Inputs.ToArray()).Select(value => (int)value).ToArray();
        Assert.Equal(Enumerable.Range(20, 99 / length * length), bytes);
        var shuffled = new ByteWindows(text, length, batch, shuffle: 1);
        var firsts = new HashSet<int>();
        for (int epoch = 0; epoch < 20; epoch++)
        {
            int windows = 0;
            foreach (var each in shuffled.Epoch(epoch))
            {
                windows += each.Samples;
                Assert.Equal(each.Inputs.ToArray().Select(value => (int)value + 1), each.Labels.Span.ToArray());
                for (int row = 0; row < each.Samples; row++) firsts.Add((int)each.Inputs.Span[row * length]);
            }

            Assert.Equal(shuffled.Windows, windows);
        }

        if (length < 50) Assert.True(firsts.Count > 100 / length, $"{firsts.Count}");
        Assert.Equal(Walk(shuffled, 3).Skip(1), Walk(shuffled, 3, 1));
        Assert.Throws<ArgumentException>(() => new ByteWindows(text, 100, 1));
    }

    private static IEnumerable<string> Walk(Gradus.Training.BatchSource source, long epoch, int start = 0) =>
        [.. source.Epoch(epoch, start).Select(batch => $"{string.Join(' ', batch.Inputs.ToArray())}: {string.Join(' ', batch.Labels.Span.ToArray())}")];

    private static TokenDataset Sentences(int count, bool tagged)
    {
        string[][] tokens = [.. Enumerable.Range(0, count).Select(i => Enumerable.Range(0, 1 + i * 7 % 30).Select(t => $"{(i + t) % 40}").ToArray())];
        return tagged
            ? new SequenceDataset("s", tokens, [.. tokens.Select(sentence => sentence.Select(token => token.Length % 2).ToArray())], ["a", "b"])
            : new TextDataset("s", tokens, [.. tokens.Select(sentence => sentence.Length % 2)], ["a", "b"]);
    }
}
