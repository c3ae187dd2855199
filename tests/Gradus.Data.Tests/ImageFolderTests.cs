using System.Formats.Tar;
using CsCheck;
using SkiaSharp;

namespace Gradus.Data.Tests;

public class ImageFolderTests
{
    private static byte[] Grey(int value, int side = 4) => Pictures.Png(side, side, (_, _) => Pictures.Grey(value));

    private static byte[] Red(int side = 4) => Pictures.Png(side, side, (_, _) => SKColors.Red);

    internal static string Tar(TemporaryFolder folder, string name, params (string Name, byte[] Content)[] files)
    {
        using var stream = File.Create(folder[name]);
        using var writer = new TarWriter(stream, TarEntryFormat.Gnu);
        foreach (var (file, content) in files) writer.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, file) { DataStream = new MemoryStream(content) });
        return folder[name];
    }

    private static float FirstValue(Dataset set, int index)
    {
        var sample = new float[set.SampleLength];
        set.Read(index, sample);
        return sample[0];
    }

    [Fact]
    public void Classes_and_files_are_sorted_by_name_and_formats_may_mix()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pets/dog/2.PNG", Grey(20));
        folder.Write("pets/dog/1.pgm", Pictures.Pgm(4, 4, (_, _) => 10));
        folder.Write("pets/cat/a.bmp", Pictures.Bmp(4, 4, (_, _) => Pictures.Grey(30)));
        folder.Write("pets/cat/notes.txt", [1]);
        folder.Write("pets/cat/._a.png", [1]);
        folder.Write("pets/dog/3.jpeg", Pictures.Jpeg(4, 4, (_, _) => Pictures.Grey(40)));
        var (set, test) = ImageFolder.Load(folder["pets"]);
        Assert.Null(test);
        Assert.Equal(["cat", "dog"], set.ClassNames);
        Assert.Equal([0, 1, 1, 1], Enumerable.Range(0, 4).Select(set.Label));
        Assert.Equal([30, 10, 20, 40], Enumerable.Range(0, 4).Select(i => (int)Math.Round(255 * FirstValue(set, i))));
        Assert.Equal(("pets", 1, 4, 4), (set.Name, set.Channels, set.Height, set.Width));
    }

    [Fact]
    public void One_coloured_picture_makes_all_coloured()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a/1.png", Grey(51));
        folder.Write("b/1.png", Red());
        var (set, _) = ImageFolder.Load(folder.Path);
        Assert.Equal(3, set.Channels);
        Assert.Equal(1, ImageFolder.Load(folder.Path, channels: 1).Train.Channels);
        var sample = new float[48];
        set.Read(0, sample);
        Assert.All(sample, x => Assert.Equal(0.2f, x));
    }

    [Fact]
    public void Other_sizes_become_the_first_ones_or_the_given_one()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a/1.png", Grey(1, side: 6));
        folder.Write("a/2.png", Grey(2, side: 9));
        Assert.Equal([1, 6, 6], ImageFolder.Load(folder.Path).Train.SampleShape);
        Assert.Equal([1, 3, 5], ImageFolder.Load(folder.Path, height: 3, width: 5).Train.SampleShape);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Train_and_test_folders_are_kept_apart(bool archive)
    {
        using var folder = new TemporaryFolder();
        (string, byte[])[] files = [("top/train/a/1.png", Grey(1)), ("top/train/b/1.png", Grey(2)), ("top/test/b/1.png", Red())];
        foreach (var (name, content) in files) if (!archive) folder.Write(name, content);
        var (train, test) = ImageFolder.Load(archive ? Tar(folder, "x.tar", files) : folder.Path);
        Assert.Equal((2, 1), (train.Count, test!.Count));
        Assert.Equal(1, test.Label(0));
        Assert.Equal(1, test.Channels); // what the training set decides
    }

    [Fact]
    public void Mistakes_in_a_folder_are_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        string Fails(string path) => Assert.ThrowsAny<IOException>(() => ImageFolder.Load(folder[path])).Message;
        string Invalid(string path) => Assert.Throws<InvalidDataException>(() => ImageFolder.Load(folder[path])).Message;

        Directory.CreateDirectory(folder["empty/class"]);
        folder.Write("flat/1.png", Grey(1));
        folder.Write("unsorted/train/1.png", Grey(1));
        folder.Write("broken/a/1.png", Grey(1));
        folder.Write("broken/a/2.png", Red()[..60]);
        folder.Write("stranger/train/a/1.png", Grey(1));
        folder.Write("stranger/test/b/1.png", Grey(1));
        folder.Write("onlytest/test/b/1.png", Grey(1));
        Assert.Contains("There is no folder", Fails("missing"));
        Assert.Contains("has no pictures", Invalid("empty"));
        Assert.Contains("lies in no class folder", Invalid("flat"));
        Assert.Contains("lies in no class folder", Invalid("unsorted"));
        Assert.Contains("broken/a/2.png", Invalid("broken"));
        Assert.Contains("class 'b', which has no training pictures", Invalid("stranger"));
        Assert.Contains("no training pictures", Invalid("onlytest"));
    }

    [Fact]
    public void Any_mutilated_archive_loads_or_says_why()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = File.ReadAllBytes(Tar(folder, "x.tar", ("a/1.pgm", Pictures.Pgm(3, 3, (x, y) => x + y)), ("b/2.png", Red())));
        Mutilation.Of(whole, header: 512).Sample(
            file => Mutilation.LoadsOrSaysWhy(() => ImageFolder.Load(folder.Write("x.tar", file)), "x.tar", 64 << 20), iter: 600, threads: 1);
    }

    [Fact]
    public void A_cancelled_load_stops()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a/1.png", Grey(1));
        Assert.ThrowsAny<OperationCanceledException>(() => ImageFolder.Load(folder.Path, cancellationToken: new CancellationToken(canceled: true)));
    }
}
