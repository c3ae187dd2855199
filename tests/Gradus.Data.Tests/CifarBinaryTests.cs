using CsCheck;

namespace Gradus.Data.Tests;

public class CifarBinaryTests
{
    internal static byte[] Records(params byte[] labels) => [.. labels.SelectMany((label, i) => (byte[])[label, .. Enumerable.Repeat((byte)(i + 1), 3072)])];

    internal static byte[] FineRecords(params byte[] labels) => [.. labels.SelectMany((label, i) => (byte[])[19, label, .. Enumerable.Repeat((byte)(i + 1), 3072)])];

    [Fact]
    public void Fine_records_have_the_coarse_label_first()
    {
        using var folder = new TemporaryFolder();
        var set = CifarBinary.LoadFine("c", folder.Write("train.bin", FineRecords(0, 99)));
        Assert.Equal(100, set.ClassNames.Distinct().Count());
        Assert.Equal(["apple", "worm"], Enumerable.Range(0, 2).Select(i => set.ClassNames[set.Label(i)]));
        var sample = new float[3072];
        set.Read(1, sample);
        Assert.All(sample, x => Assert.Equal(2 / 255f, x));
        Assert.Contains("label of record 0 is 100", Assert.Throws<InvalidDataException>(() => CifarBinary.LoadFine("c", folder.Write("x.bin", FineRecords(100)))).Message);
        Mutilation.Of(FineRecords(1, 2), header: 2).Sample(
            file => Mutilation.LoadsOrSaysWhy(() => CifarBinary.LoadFine("c", folder.Write("x.bin", file)), "x.bin", 1 << 20), iter: 200, threads: 1);
    }

    [Fact]
    public void Several_files_become_one_set_in_order()
    {
        using var folder = new TemporaryFolder();
        var set = CifarBinary.Load("c", folder.Write("1.bin", Records(3, 9)), folder.Write("2.bin", Records(0)));
        Assert.Equal([3, 9, 0], Enumerable.Range(0, 3).Select(set.Label));
        Assert.Equal([3, 32, 32], set.SampleShape);
        var sample = new float[3072];
        set.Read(1, sample);
        Assert.All(sample, x => Assert.Equal(2 / 255f, x));
    }

    [Fact]
    public void Any_mutilated_file_loads_or_says_why()
    {
        using var folder = new TemporaryFolder();
        Mutilation.Of(Records(1, 2), header: 1).Sample(
            file => Mutilation.LoadsOrSaysWhy(() => CifarBinary.Load("c", folder.Write("x.bin", file)), "x.bin", 1 << 20), iter: 500, threads: 1);
    }

    [Fact]
    public void A_label_above_nine_names_the_record()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("label of record 1 is 10", Assert.Throws<InvalidDataException>(() => CifarBinary.Load("c", folder.Write("x.bin", Records(1, 10)))).Message);
    }
}
