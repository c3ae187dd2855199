using System.Text;

namespace Gradus.Data;

/// <summary>Ways to cut a text into tokens.</summary>
public static class Tokenization
{
    /// <summary>At white space; nothing else is parted, for texts whose punctuation stands by itself already.</summary>
    public static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Every character (Unicode scalar) but white space: for Chinese, where words are not parted.</summary>
    public static string[] Characters(string text)
    {
        var tokens = new List<string>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsWhiteSpace(rune)) tokens.Add(rune.ToString());
        }

        return [.. tokens];
    }
}
