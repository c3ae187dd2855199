using System.Buffers.Binary;
using System.IO.Compression;
using CsCheck;

namespace Gradus.Data.Tests;

public class IdxTests
{
    private const long MostBytes = 8 << 20; // for files of a few hundred bytes

    internal static byte[] Idx(byte type, int[] shape, byte[] data)
    {
        var file = new byte[4 + 4 * shape.Length + data.Length];
        (file[2], file[3]) = (type, (byte)shape.Length);
        for (int i = 0; i < shape.Length; i++) BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + 4 * i), shape[i]);
        data.CopyTo(file, 4 + 4 * shape.Length);
        return file;
    }

    internal static byte[] Gzip(byte[] plain)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal)) gzip.Write(plain);
        return target.ToArray();
    }

    private static byte[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7))];

    [Theory, InlineData(false), InlineData(true)]
    public void Shape_and_bytes_come_back_plain_or_compressed(bool compressed)
    {
        using var folder = new TemporaryFolder();
        byte[] file = Idx(8, [3, 4, 5], Numbers(60));
        var (shape, data) = Data.Idx.Read(folder.Write("a", compressed ? Gzip(file) : file));
        Assert.Equal([3, 4, 5], shape);
        Assert.Equal(Numbers(60), data);
    }

    public static TheoryData<byte[], string> Lies => new()
    {
        { [], "truncated: its header is missing" },
        { Idx(8, [3, 4], Numbers(11)), "truncated" },
        { Idx(8, [3, 4], Numbers(13)), "longer than the 12 bytes" },
        { Idx(8, [int.MaxValue, int.MaxValue], Numbers(12)), "truncated" },
        { Idx(8, [-1, 4], Numbers(12)), "declares 4294967295 elements on axis 0" },
        { Idx(8, [0, 4], Numbers(12)), "declares 0 elements" },
        { Idx(13, [3], Numbers(12)), "type 0x0D" },
        { Idx(8, [], []), "no axes" },
        { [1, 2, 3, 4, 5], "not an IDX file" },
        { Gzip(Idx(8, [1 << 30], Numbers(12))), "truncated" },
        { Gzip(Idx(8, [3, 4], Numbers(12)))[..20], "" },
    };

    [Theory, MemberData(nameof(Lies))]
    public void A_lying_file_is_named_in_one_line(byte[] file, string reason)
    {
        using var stream = new MemoryStream(file);
        var exception = Assert.Throws<InvalidDataException>(() => Data.Idx.Read(stream, "liar.idx"));
        Assert.StartsWith("liar.idx", exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Any_mutilated_plain_file_loads_or_says_why() =>
        Mutilation.Of(Idx(8, [2, 5, 6], Numbers(60))).Sample(
            file => Mutilation.LoadsOrSaysWhy(() => Data.Idx.Read(new MemoryStream(file), "x.idx"), "x.idx", MostBytes), iter: 3000, threads: 1);

    [Fact]
    public void Any_mutilated_compressed_file_loads_or_says_why() =>
        Mutilation.Of(Gzip(Idx(8, [2, 50, 6], Numbers(600)))).Sample(
            file => Mutilation.LoadsOrSaysWhy(() => Data.Idx.Read(new MemoryStream(file), "x.idx"), "x.idx", MostBytes), iter: 3000, threads: 1);

    [Fact]
    public void Pictures_and_labels_that_do_not_belong_together_are_refused()
    {
        using var folder = new TemporaryFolder();
        string images = folder.Write("images", Idx(8, [3, 2, 2], Numbers(12)));
        Assert.Contains("3 pictures", Assert.Throws<InvalidDataException>(() => Data.Idx.Load("x", images, folder.Write("two", Idx(8, [2], [0, 1])), ["a", "b"])).Message);
        Assert.Contains("label of sample 2 is 7", Assert.Throws<InvalidDataException>(() => Data.Idx.Load("x", images, folder.Write("seven", Idx(8, [3], [0, 1, 7])), ["a", "b"])).Message);
        Assert.Contains("axes", Assert.Throws<InvalidDataException>(() => Data.Idx.Load("x", images, images, ["a", "b"])).Message);
    }
}
