using CsCheck;

namespace Gradus.Data.Tests;

/// <summary>Ways in which a file goes bad: cut off, lengthened, bytes changed (near the header more often).</summary>
internal static class Mutilation
{
    public static Gen<byte[]> Of(byte[] file, int header = 24) => Gen.OneOf(
        Gen.Int[0, file.Length].Select(length => file[..length]),
        Gen.Byte.Array[1, 40].Select(tail => (byte[])[.. file, .. tail]),
        Gen.Select(Gen.Int[0, Math.Min(header, file.Length) - 1], Gen.Byte).Array[1, 4].Select(changes => Changed(file, changes)),
        Gen.Select(Gen.Int[0, file.Length - 1], Gen.Byte).Array[1, 8].Select(changes => Changed(file, changes)),
        Gen.Byte.Array[0, 64]);

    /// <summary>Runs the reader; it may succeed or say <see cref="InvalidDataException"/> in one line that names the file, and nothing else.</summary>
    public static void LoadsOrSaysWhy(Action read, string name, long mostBytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
        }
        catch (InvalidDataException exception)
        {
            Assert.DoesNotContain('\n', exception.Message);
            Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, mostBytes);
    }

    private static byte[] Changed(byte[] file, (int At, byte Value)[] changes)
    {
        byte[] copy = [.. file];
        foreach (var (at, value) in changes) copy[at] = value;
        return copy;
    }
}
