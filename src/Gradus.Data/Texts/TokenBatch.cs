namespace Gradus.Data;

/// <summary>Some sentences as numbers.</summary>
/// <param name="Tokens">[batch, length], filled up with <see cref="Vocabulary.Padding"/>.</param>
/// <param name="Lengths">[batch]: how many of each row's tokens are the sentence.</param>
/// <param name="Targets">The sentences' classes [batch], or the tokens' tags [batch, length], 0 beyond the sentence.</param>
/// <param name="Sentences">The sentences' places in the set.</param>
public sealed record TokenBatch(IntTensor Tokens, IntTensor Lengths, IntTensor Targets, IReadOnlyList<int> Sentences);
