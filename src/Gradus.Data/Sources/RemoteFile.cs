using System.Security.Cryptography;

namespace Gradus.Data;

/// <summary>A file on a server, and how to tell that it came over whole.</summary>
/// <param name="Address">http or https.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Sha256">Its SHA-256 as hexadecimal digits.</param>
internal sealed record RemoteFile(Uri Address, long Length, string Sha256)
{
    public string Name => Path.GetFileName(Address.LocalPath);

    /// <exception cref="InvalidDataException">The file at <paramref name="path"/> is not this one.</exception>
    public void Verify(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length != Length)
            throw new InvalidDataException($"{Name} from {Address.Host} has {file.Length} bytes instead of {Length}.");
        string found = Convert.ToHexStringLower(SHA256.HashData(file));
        if (found != Sha256)
            throw new InvalidDataException($"{Name} from {Address.Host} is damaged: its SHA-256 is {found} instead of {Sha256}.");
    }
}
