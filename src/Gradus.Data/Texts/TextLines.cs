using System.Text;

namespace Gradus.Data;

/// <summary>Reads text files line by line: valid UTF-8, lines of bounded length.</summary>
internal static class TextLines
{
    private const int LongestLine = 1 << 20; // no sentence is a book; a file without line breaks is no list of sentences

    /// <summary>The lines, without what parts them and without a byte order mark.</summary>
    /// <exception cref="InvalidDataException">The file is no UTF-8, or a line is too long.</exception>
    public static IEnumerable<string> Read(string path)
    {
        using var text = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        var line = new StringBuilder();
        var buffer = new char[1 << 12];
        int number = 1;
        while (true)
        {
            int read = Next(text, buffer, path, number);
            if (read == 0) break;
            for (int i = 0; i < read; i++)
            {
                if (buffer[i] == '\n')
                {
                    yield return line.ToString().TrimEnd('\r');
                    line.Clear();
                    number++;
                }
                else
                {
                    if (line.Length == LongestLine) throw new InvalidDataException($"{path}: line {number} is longer than {LongestLine} characters.");
                    line.Append(buffer[i]);
                }
            }
        }

        if (line.Length > 0) yield return line.ToString().TrimEnd('\r');
    }

    private static int Next(StreamReader text, char[] buffer, string path, int line)
    {
        try
        {
            return text.ReadBlock(buffer);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"{path}: after line {line - 1} there are bytes that are no UTF-8.", exception);
        }
    }
}
