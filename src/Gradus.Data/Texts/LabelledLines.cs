using System.Globalization;

namespace Gradus.Data;

/// <summary>A text, a tab and the number of its class on each line.</summary>
public static class LabelledLines
{
    /// <summary>Reads one file.</summary>
    /// <param name="name">The set's name.</param>
    /// <param name="path">The file.</param>
    /// <param name="classNames">The classes in the order of their numbers.</param>
    /// <param name="tokenize">Cuts a text into tokens, see <see cref="Tokenization"/>; texts without tokens are left out.</param>
    /// <param name="hasHeader">Whether the first line is of column names.</param>
    /// <param name="note">See <see cref="TokenDataset.Note"/>.</param>
    /// <exception cref="InvalidDataException">A line has no class, or there is no text.</exception>
    public static TextDataset Load(string name, string path, IReadOnlyList<string> classNames, Func<string, string[]> tokenize, bool hasHeader = false, string note = "")
    {
        var (sentences, labels, number) = (new List<string[]>(), new List<int>(), 0);
        foreach (string line in TextLines.Read(path))
        {
            if (++number == 1 && hasHeader) continue;
            if (line.AsSpan().IsWhiteSpace()) continue;
            int tab = line.LastIndexOf('\t');
            if (tab < 0 || !int.TryParse(line.AsSpan(tab + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int label) || label >= classNames.Count)
                throw new InvalidDataException($"{path}, line {number}: '{(line.Length > 40 ? "..." + line[^40..] : line)}' does not end in a tab and a class from 0 to {classNames.Count - 1}.");
            if (tokenize(line[..tab]) is not { Length: > 0 } tokens) continue;
            sentences.Add(tokens);
            labels.Add(label);
        }

        if (sentences.Count == 0) throw new InvalidDataException($"{path} holds no texts.");
        return new TextDataset(name, [.. sentences], [.. labels], classNames, note);
    }
}
