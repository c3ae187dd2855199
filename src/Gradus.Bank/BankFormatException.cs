namespace Gradus.Bank;

/// <summary>A file of the bank that is not as it should be; the message is one line and begins with file and line.</summary>
public sealed class BankFormatException : Exception
{
    internal BankFormatException(string file, long line, string what, Exception? cause = null) : base($"{file}:{line}: {what}", cause) => (File, Line) = (file, line);

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The line, from 1.</summary>
    public long Line { get; }
}
