namespace Gradus.Data;

/// <summary>A token and its tag on each line, an empty line after each sentence, as CoNLL 2003 has it.</summary>
/// <remarks>Tjong Kim Sang and De Meulder 2003, https://aclanthology.org/W03-0419</remarks>
public static class TaggedFile
{
    private const int LongestSentence = 100_000;
    private const string Document = "-DOCSTART-";

    /// <summary>Reads the parts of one set; all know the tags of the first, the training part.</summary>
    /// <param name="name">The set's name.</param>
    /// <param name="tagAt">Which of a line's fields is the tag, from 0; the token is field 0.</param>
    /// <param name="paths">The training part first.</param>
    /// <exception cref="InvalidDataException">A line has no tag, the tag is unknown, or a file holds no sentence.</exception>
    public static SequenceDataset[] Load(string name, int tagAt, params IReadOnlyList<string> paths)
    {
        string[]? names = null;
        var parts = new SequenceDataset[paths.Count];
        for (int part = 0; part < parts.Length; part++)
        {
            var sentences = Sentences(paths[part], tagAt);
            if (sentences.Count == 0) throw new InvalidDataException($"{paths[part]} holds no sentences.");
            names ??= [.. sentences.SelectMany(sentence => sentence.Tags).Distinct(StringComparer.Ordinal).OrderBy(tag => tag == "O" ? 0 : 1).ThenBy(tag => tag, StringComparer.Ordinal)];
            var numbers = names.Select((tag, number) => (tag, number)).ToDictionary(pair => pair.tag, pair => pair.number, StringComparer.Ordinal);
            int Number(string tag) => numbers.TryGetValue(tag, out int number) ? number : throw new InvalidDataException($"{paths[part]} has the tag '{tag}', which the training part has not.");
            parts[part] = new SequenceDataset(name, [.. sentences.Select(sentence => sentence.Tokens)], [.. sentences.Select(sentence => sentence.Tags.Select(Number).ToArray())], names);
        }

        return parts;
    }

    private static List<(string[] Tokens, string[] Tags)> Sentences(string path, int tagAt)
    {
        var sentences = new List<(string[], string[])>();
        var (tokens, tags, number) = (new List<string>(), new List<string>(), 0);
        foreach (string line in TextLines.Read(path).Append(""))
        {
            number++;
            string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 0 && fields[0] == Document) continue;
            if (fields.Length > 0)
            {
                if (fields.Length <= tagAt) throw new InvalidDataException($"{path}, line {number}: '{(line.Length > 40 ? line[..40] : line)}' has no tag after its token.");
                if (tokens.Count == LongestSentence) throw new InvalidDataException($"{path}, line {number}: a sentence of more than {LongestSentence} tokens: empty lines are missing.");
                tokens.Add(fields[0]);
                tags.Add(fields[tagAt]);
            }
            else if (tokens.Count > 0)
            {
                sentences.Add(([.. tokens], [.. tags]));
                tokens.Clear();
                tags.Clear();
            }
        }

        return sentences;
    }
}
