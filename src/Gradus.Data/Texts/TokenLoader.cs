namespace Gradus.Data;

/// <summary>
/// Cuts a set of sentences into batches of one length each: sentences of similar length come together, and the shorter ones are
/// filled up with <see cref="Vocabulary.Padding"/>.
/// </summary>
/// <remarks>
/// Lengths are rounded up to one of at most seven, and what is left of a length after its full batches joins the next longer one, so that an
/// epoch has one smaller batch at most: a captured step keeps eight plans. The order depends on the seed and the epoch alone, so that a training
/// resumed at (epoch, batch) sees what it would have seen.
/// </remarks>
public sealed class TokenLoader
{
    private const int Buckets = 7;

    private readonly int[][] _numbers;
    private readonly int[] _lengths, _bucketOf;
    private readonly bool _shuffle;
    private readonly ulong _seed;

    /// <summary>Numbers all sentences.</summary>
    /// <param name="dataset">The sentences.</param>
    /// <param name="vocabulary">Built from the training part.</param>
    /// <param name="batchSize">Sentences in a batch; at least 1. One batch of an epoch, of the longest length, may have fewer.</param>
    /// <param name="longest">Longer sentences are cut here.</param>
    /// <param name="shuffle">A new order each epoch; else the lengths' order.</param>
    /// <param name="seed">With the epoch it decides the order.</param>
    public TokenLoader(TokenDataset dataset, Vocabulary vocabulary, int batchSize, int longest = 512, bool shuffle = true, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, 1);
        (Dataset, BatchSize, _shuffle, _seed) = (dataset, batchSize, shuffle, seed);
        _numbers = new int[dataset.Count][];
        for (int i = 0; i < dataset.Count; i++)
        {
            var tokens = dataset.Tokens(i);
            _numbers[i] = new int[Math.Min(tokens.Length, longest)];
            for (int t = 0; t < _numbers[i].Length; t++) _numbers[i][t] = vocabulary.NumberOf(tokens[t]);
        }

        _lengths = BucketLengths([.. _numbers.Select(sentence => sentence.Length).Order()]);
        _bucketOf = [.. _numbers.Select(sentence => Array.FindIndex(_lengths, length => length >= sentence.Length))];
        BatchesPerEpoch = (dataset.Count + batchSize - 1) / batchSize;
    }

    /// <summary>Where the sentences come from.</summary>
    public TokenDataset Dataset { get; }

    /// <summary>Sentences in a full batch.</summary>
    public int BatchSize { get; }

    /// <summary>The number of batches in an epoch that starts at batch 0.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>The lengths that batches have, rising; at most seven.</summary>
    public IReadOnlyList<int> Lengths => _lengths;

    /// <summary>The batches of one epoch.</summary>
    /// <param name="epoch">Decides the order, with the seed.</param>
    /// <param name="startBatch">The first batch to give, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The epoch has no such batch.</exception>
    public IEnumerable<TokenBatch> Epoch(long epoch, int startBatch = 0) => Batches(epoch, startBatch).Select(batch => Fill(batch.Sentences, batch.Length));

    /// <summary>The sentences of each batch of an epoch, and the length to which they are filled up.</summary>
    internal IEnumerable<(int Length, int[] Sentences)> Batches(long epoch, int startBatch)
    {
        if (startBatch < 0 || startBatch > BatchesPerEpoch)
            throw new ArgumentOutOfRangeException(nameof(startBatch), startBatch, $"An epoch of {Dataset.Name} in batches of {BatchSize} has batches 0 ... {BatchesPerEpoch - 1}.");
        var order = new int[Dataset.Count];
        if (_shuffle) Permutation.Fill(order, _seed, epoch);
        else for (int i = 0; i < order.Length; i++) order[i] = i;
        var byLength = order.OrderBy(i => _bucketOf[i]).Chunk(BatchSize); // a stable order: within a length it is the epoch's
        (int Length, int[] Sentences)[] batches = [.. byLength.Select(chunk => (_lengths[_bucketOf[chunk[^1]]], chunk))];
        if (!_shuffle) return batches.Skip(startBatch);
        var places = new int[batches.Length];
        Permutation.Fill(places, _seed, ~epoch); // not the sentences' own order
        return places.Skip(startBatch).Select(place => batches[place]);
    }

    /// <summary>The tokens' numbers of one sentence, cut where the longest is cut.</summary>
    internal ReadOnlySpan<int> Numbers(int sentence) => _numbers[sentence];

    private TokenBatch Fill(int[] sentences, int length)
    {
        bool tagged = Dataset is SequenceDataset;
        var (tokens, lengths, targets) = (new int[sentences.Length * length], new int[sentences.Length], new int[sentences.Length * (tagged ? length : 1)]);
        for (int row = 0; row < sentences.Length; row++)
        {
            var numbers = _numbers[sentences[row]];
            lengths[row] = numbers.Length;
            numbers.CopyTo(tokens, row * length); // the rest is 0, the padding
            var found = Dataset.Targets(sentences[row]);
            found[..Math.Min(found.Length, length)].CopyTo(targets.AsSpan(row * (tagged ? length : 1)));
        }

        int batch = sentences.Length;
        return new TokenBatch(new IntTensor(tokens, [batch, length]), new IntTensor(lengths), tagged ? new IntTensor(targets, [batch, length]) : new IntTensor(targets), sentences);
    }

    // Sevenths of the sentences: each length is the longest of its seventh.
    private static int[] BucketLengths(int[] sorted) =>
        [.. Enumerable.Range(1, Buckets).Select(bucket => sorted[(int)((long)sorted.Length * bucket / Buckets) is var end && end > 0 ? end - 1 : 0]).Distinct()];
}
