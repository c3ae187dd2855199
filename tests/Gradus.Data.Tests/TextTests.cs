using System.Text;
using CsCheck;

namespace Gradus.Data.Tests;

public class TextTests
{
    private const string Tagged = "-DOCSTART- O 0\n\nEU B-ORG 0\nrejects O 0\n\n\nPeter\tB-PER\t0\r\nBlackburn\tI-PER\t0";

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static TextDataset Toy(params string[] texts) => new("toy", [.. texts.Select(Tokenization.Words)], new int[texts.Length], ["a"]);

    [Fact]
    public void Tagged_lines_become_sentences_with_the_training_parts_tags()
    {
        using var folder = new TemporaryFolder();
        var parts = TaggedFile.Load("n", 1, folder.Write("train", Bytes(Tagged)), folder.Write("test", Bytes("x O 0\n")));
        Assert.Equal(["O", "B-ORG", "B-PER", "I-PER"], parts[0].ClassNames);
        Assert.Equal(["Peter", "Blackburn"], parts[0].Tokens(1).ToArray());
        Assert.Equal([2, 3], parts[0].Tags(1).ToArray());
        Assert.Equal((2, 1), (parts[0].Count, parts[1].Count));
        Assert.Equal(parts[0].ClassNames, parts[1].ClassNames);
        Assert.Contains("'B-LOC'", Assert.Throws<InvalidDataException>(() => TaggedFile.Load("n", 1, folder.Write("train", Bytes(Tagged)), folder.Write("test", Bytes("x B-LOC\n")))).Message);
    }

    [Fact]
    public void Lines_end_in_a_tab_and_a_class()
    {
        using var folder = new TemporaryFolder();
        var set = LabelledLines.Load("n", folder.Write("x", Bytes("sentence\tlabel\na  b \t1\n\n \t0\nc\td\t0\r\n")), ["no", "yes"], Tokenization.Words, hasHeader: true);
        Assert.Equal([1, 0], Enumerable.Range(0, set.Count).Select(set.Label));
        Assert.Equal(["a", "b"], set.Tokens(0).ToArray());
        Assert.Equal(["c", "d"], set.Tokens(1).ToArray());
    }

    [Theory]
    [InlineData("a 1\n", "line 1"), InlineData("a\t1\nb\t2\n", "line 2"), InlineData("a\t-1\n", "line 1"), InlineData("\n\n", "no texts"), InlineData("", "no texts")]
    public void A_line_without_a_class_is_named(string text, string part)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(part, Assert.Throws<InvalidDataException>(() => LabelledLines.Load("n", folder.Write("x", Bytes(text)), ["no", "yes"], Tokenization.Words)).Message);
    }

    [Fact]
    public void Bytes_that_are_no_text_and_endless_lines_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("UTF-8", Assert.Throws<InvalidDataException>(() => TaggedFile.Load("n", 1, folder.Write("x", [.. "a O\n"u8, 0xFF, 0xFE]))).Message);
        Assert.Contains("longer than", Assert.Throws<InvalidDataException>(() => TaggedFile.Load("n", 1, folder.Write("x", new byte[(1 << 20) + 2]))).Message);
        Assert.Contains("no tag", Assert.Throws<InvalidDataException>(() => TaggedFile.Load("n", 1, folder.Write("x", Bytes("a O\nb\n")))).Message);
    }

    [Fact]
    public void Any_mutilated_file_loads_or_says_why()
    {
        using var folder = new TemporaryFolder();
        Mutilation.Of(Bytes(Tagged)).Sample(file => Mutilation.LoadsOrSaysWhy(() => TaggedFile.Load("n", 1, folder.Write("x.txt", file)), "x.txt", 1 << 20), iter: 500, threads: 1);
        Mutilation.Of(Bytes("text\tlabel\n好 的\t1\nbad\t0\n")).Sample(
            file => Mutilation.LoadsOrSaysWhy(() => LabelledLines.Load("n", folder.Write("x.txt", file), ["no", "yes"], Tokenization.Characters, hasHeader: true), "x.txt", 1 << 20), iter: 500, threads: 1);
    }

    [Fact]
    public void Characters_are_whole_and_blanks_are_none() => Assert.Equal(["好", "a", "😀", "。"], Tokenization.Characters("好 a\u3000😀\n。"));

    [Fact]
    public void A_vocabulary_is_the_frequent_tokens_first_and_survives_its_file()
    {
        using var folder = new TemporaryFolder();
        var vocabulary = Vocabulary.Of(Toy("b a c", "a b", "a d"), leastCount: 1, most: 5);
        Assert.Equal(["<pad>", "<unknown>", "a", "b", "c"], Enumerable.Range(0, vocabulary.Count).Select(vocabulary.TokenOf));
        Assert.Equal([2, Vocabulary.Unknown, Vocabulary.Unknown], new[] { "a", "d", "<pad>" }.Select(vocabulary.NumberOf));
        vocabulary.Save(folder["v.json"]);
        var loaded = Vocabulary.Load(folder["v.json"]);
        Assert.Equal(Enumerable.Range(0, 5).Select(vocabulary.TokenOf), Enumerable.Range(0, loaded.Count).Select(loaded.TokenOf));
        Mutilation.Of(File.ReadAllBytes(folder["v.json"])).Sample(file => Mutilation.LoadsOrSaysWhy(() => Vocabulary.Load(folder.Write("x.json", file)), "x.json", 1 << 20), iter: 500, threads: 1);
    }

    [Fact]
    public void Tokens_of_the_test_part_that_training_has_not_are_unknown()
    {
        var vocabulary = Vocabulary.Of(Toy("a b"));
        var batch = Assert.Single(new TokenLoader(Toy("a z b"), vocabulary, 4).Epoch(0));
        Assert.Equal([2, Vocabulary.Unknown, 3], batch.Tokens.Span.ToArray());
    }

    [Fact]
    public void Batches_hold_every_sentence_once_padded_to_few_lengths() =>
        Gen.Select(Gen.Int[1, 60].Array[1, 90], Gen.Int[1, 20], Gen.Bool, Gen.Int[1, 70]).Sample((lengths, size, shuffle, longest) =>
        {
            string[][] tokens = [.. lengths.Select((length, i) => Enumerable.Range(0, length).Select(t => $"{i}.{t}").ToArray())];
            var set = new SequenceDataset("s", tokens, [.. lengths.Select(length => Enumerable.Range(0, length).ToArray())], [.. Enumerable.Range(0, 60).Select(i => $"{i}")]);
            var vocabulary = Vocabulary.Of(set);
            var loader = new TokenLoader(set, vocabulary, size, longest, shuffle, seed: 5);
            var batches = loader.Epoch(1).ToArray();
            Assert.Equal(loader.BatchesPerEpoch, batches.Length);
            Assert.InRange(batches.Select(batch => batch.Tokens.Shape[1]).Distinct().Count(), 1, 8);
            Assert.Equal(Enumerable.Range(0, set.Count), batches.SelectMany(batch => batch.Sentences).Order());
            foreach (var batch in batches)
            {
                int width = batch.Tokens.Shape[1];
                Assert.InRange(batch.Sentences.Count, 1, size);
                for (int row = 0; row < batch.Sentences.Count; row++)
                {
                    int sentence = batch.Sentences[row], length = Math.Min(lengths[sentence], longest);
                    Assert.Equal(length, batch.Lengths.Span[row]);
                    for (int t = 0; t < width; t++)
                    {
                        Assert.Equal(t < length ? tokens[sentence][t] : "<pad>", vocabulary.TokenOf(batch.Tokens.Span[row * width + t]));
                        Assert.Equal(t < length ? t : 0, batch.Targets.Span[row * width + t]);
                    }
                }
            }

            int start = batches.Length / 2;
            Assert.Equal(batches.Skip(start).Select(batch => string.Join(',', batch.Sentences)), loader.Epoch(1, start).Select(batch => string.Join(',', batch.Sentences)));
        }, iter: 200, threads: 1);

    [Fact]
    public void Epochs_differ()
    {
        var loader = new TokenLoader(Toy([.. Enumerable.Range(0, 50).Select(i => $"t{i}")]), Vocabulary.Of(Toy("a")), 8, seed: 1);
        Assert.NotEqual(loader.Epoch(0).SelectMany(batch => batch.Sentences), loader.Epoch(1).SelectMany(batch => batch.Sentences));
    }

    [Theory]
    [InlineData("sst2", 60_614, 6_735, 2), InlineData("conll2003", 14_041, 3_250, 9), InlineData("resume-ner", 3_821, 463, 28)]
    [InlineData("chnsenticorp", 6_290, 698, 2), InlineData("thucnews-titles", 9_000, 1_000, 10)]
    public void The_real_sets_have_their_published_counts(string name, int train, int test, int classes)
    {
        Assert.SkipUnless(TextCatalog.Find(name) is not null, $"GRADUS_DATA has no {name}");
        var sets = TextCatalog.Load(name);
        Assert.Equal((train, test, classes), (sets.Train.Count, sets.Test.Count, sets.Train.ClassNames.Count));
        var vocabulary = Vocabulary.Of(sets.Train);
        Assert.Contains(Enumerable.Range(0, sets.Test.Count), i => sets.Test.Tokens(i).ToArray().Any(token => vocabulary.NumberOf(token) > Vocabulary.Unknown));
    }
}
