
namespace Gradus.Data.Tests;

public class DatasetCatalogTests
{
    private static DataLocations Only(TemporaryFolder folder) => new()
    {
        UserFolder = folder["user"],
        Cache = folder["cache"],
        DebianFolder = folder["debian"],
        UseApt = false,
        UseInternet = false,
    };

    [Fact]
    public void Every_source_has_a_name_and_says_where_it_is_from()
    {
        Assert.Equal(["cifar-10", "cifar-100", "digits", "fashion-mnist", "mnist", "swiss-banknotes", "uci-banknote"], DatasetCatalog.Names);
        Assert.All(DatasetCatalog.Sources, source => Assert.All([source.Description, source.Origin, source.Terms], Assert.NotEmpty));
    }

    [Fact]
    public void An_unknown_name_lists_the_known_ones() =>
        Assert.Contains("cifar-10, cifar-100, digits, fashion-mnist, mnist", Assert.Throws<ArgumentException>(() => DatasetCatalog.Load("mnits")).Message);

    [Fact]
    public void Digits_are_always_there()
    {
        var (train, test) = DatasetCatalog.Load("digits");
        Assert.Equal((1438, 359), (train.Count, test.Count));
        Assert.Equal([1, 8, 8], train.SampleShape);
        Assert.Equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180], train.CountPerClass().Zip(test.CountPerClass(), (a, b) => a + b));
        Assert.Contains("last 20 %", test.Note);
        var sample = new float[64];
        train.Read(0, sample); // the first line of the file is a zero: 0, 0, 5, 13, 9, 1, 0, 0
        Assert.Equal([0, 0, 5 / 16f, 13 / 16f, 9 / 16f, 1 / 16f, 0, 0], sample[..8]);
        Assert.Equal(0, train.Label(0));
    }

    [Fact]
    public void Fashion_mnist_has_60000_and_10000()
    {
        var (train, test) = DatasetCatalog.Load("fashion-mnist"); // fetches the Debian package where it is not here yet
        Assert.Equal((60_000, 10_000), (train.Count, test.Count));
        Assert.Equal([1, 28, 28], train.SampleShape);
        Assert.All(train.CountPerClass(), count => Assert.Equal(6000, count));
        Assert.All(test.CountPerClass(), count => Assert.Equal(1000, count));
        Assert.Equal([9, 0, 0, 3, 0], Enumerable.Range(0, 5).Select(train.Label)); // an ankle boot comes first
        Assert.Equal(0.2860f, Normalization.Of(train).Mean[0], 1e-4f);    // the published figures
        Assert.Equal(0.3530f, Normalization.Of(train).Deviation[0], 1e-4f);
    }

    [Fact]
    public void The_users_folder_goes_before_the_cache()
    {
        using var folder = new TemporaryFolder();
        foreach (string place in new[] { "user", "cache/fashion-mnist", "debian/fashion-mnist" })
        {
            foreach (string part in new[] { "train", "t10k" })
            {
                folder.Write($"{place}/{part}-images-idx3-ubyte", IdxTests.Idx(8, [2, 2, 2], new byte[8]));
                folder.Write($"{place}/{part}-labels-idx1-ubyte", IdxTests.Idx(8, [2], [0, 9]));
            }
        }

        Assert.Equal(new DatasetLocation("GRADUS_DATA", folder["user"]), DatasetCatalog.Find("fashion-mnist", Only(folder)));
        Assert.Equal(2, DatasetCatalog.Load("fashion-mnist", null, Only(folder)).Train.Count);
        Directory.Delete(folder["user"], recursive: true);
        Assert.Equal("cache", DatasetCatalog.Find("fashion-mnist", Only(folder))?.Kind);
        Directory.Delete(folder["cache"], recursive: true);
        Assert.Equal("Debian package", DatasetCatalog.Find("fashion-mnist", Only(folder))?.Kind);
    }

    [Theory, InlineData("user/mnist"), InlineData("user/MNIST/raw"), InlineData("cache/mnist")]
    public void Mnist_is_found_in_folders_of_its_own_name(string place)
    {
        using var folder = new TemporaryFolder();
        void Write(string at)
        {
            foreach (string part in new[] { "train", "t10k" })
            {
                folder.Write($"{at}/{part}-images-idx3-ubyte", IdxTests.Idx(8, [2, 2, 2], new byte[8]));
                folder.Write($"{at}/{part}-labels-idx1-ubyte", IdxTests.Idx(8, [2], [0, 9]));
            }
        }

        Write("user"); // Fashion-MNIST's files have the same names
        Assert.Null(DatasetCatalog.Find("mnist", Only(folder)));
        Write(place);
        var (train, test) = DatasetCatalog.Load("mnist", null, Only(folder));
        Assert.Equal((2, 2, 9), (train.Count, test.Count, test.Label(1)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Cifar_100_comes_as_binary_files_and_as_pictures_in_folders(bool pictures)
    {
        using var folder = new TemporaryFolder();
        if (pictures)
        {
            foreach (string kind in new[] { "apple", "worm" })
            {
                for (int i = 0; i < 3; i++) folder.Write($"user/cifar100/train/{kind}/{i}.png", Pictures.Png(32, 32, (x, y) => Pictures.Grey(x + y)));
                folder.Write($"user/cifar100/test/{kind}/1.png", Pictures.Png(32, 32, (x, y) => Pictures.Grey(x)));
            }
        }
        else
        {
            folder.Write("user/cifar-100-binary/train.bin", [.. CifarBinaryTests.FineRecords(0, 99, 7)]);
            folder.Write("user/cifar-100-binary/test.bin", [.. CifarBinaryTests.FineRecords(99)]);
        }

        var (train, test) = DatasetCatalog.Load("cifar-100", null, Only(folder));
        Assert.Equal("worm", test.ClassNames[test.Label(test.Count - 1)]);
        Assert.Equal([3, 32, 32], train.SampleShape);
        Assert.Null(DatasetCatalog.Find("cifar-10", Only(folder)));
    }

    [Fact]
    public void A_set_that_is_nowhere_says_in_one_line_what_was_tried()
    {
        using var folder = new TemporaryFolder();
        var exception = Assert.Throws<DatasetUnavailableException>(() => DatasetCatalog.Load("fashion-mnist", null, Only(folder)));
        Assert.Contains(folder["user"], exception.Message);
        Assert.Contains(folder["cache"], exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.Null(DatasetCatalog.Find("cifar-10", Only(folder)));
    }

    [Fact]
    public async Task Official_files_from_a_server_that_lies_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var server = new LoopbackServer((_, stream) => LoopbackServer.SendAsync(stream, "404 Not Found", []));
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            DatasetSource.DownloadAsync(FashionMnist.Official(server.Address), folder["cache"], null, TestContext.Current.CancellationToken));
        Assert.DoesNotContain(folder.Files, file => file.EndsWith(".gz", StringComparison.Ordinal));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Cifar_binary_files_bring_the_official_test_set(bool compressed)
    {
        using var folder = new TemporaryFolder();
        (string Name, byte[] Content)[] files =
        [
            .. Enumerable.Range(1, 5).Select(i => ($"cifar-10-batches-bin/data_batch_{i}.bin", CifarBinaryTests.Records(1, 2))),
            ("cifar-10-batches-bin/test_batch.bin", CifarBinaryTests.Records(3)),
        ];
        if (compressed) File.WriteAllBytes(Directory.CreateDirectory(folder["user"]).FullName + "/cifar-10-binary.tar.gz", IdxTests.Gzip(File.ReadAllBytes(ImageFolderTests.Tar(folder, "x.tar", files))));
        else foreach (var (name, content) in files) folder.Write($"user/{name}", content);

        for (int round = 0; round < 2; round++) // the second from the decoded cache
        {
            var (train, test) = DatasetCatalog.Load("cifar-10", null, Only(folder));
            Assert.Equal((10, 1), (train.Count, test.Count));
            Assert.Equal(3, test.Label(0));
            Assert.Equal("", test.Note);
        }
    }

    [Fact]
    public void A_cut_off_archive_is_named()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = IdxTests.Gzip(File.ReadAllBytes(ImageFolderTests.Tar(folder, "x.tar", ("cifar-10-batches-bin/data_batch_1.bin", CifarBinaryTests.Records(1)))));
        folder.Write("user/cifar-10-binary.tar.gz", whole[..(whole.Length / 2)]);
        Assert.Contains("cifar-10-binary.tar.gz", Assert.Throws<InvalidDataException>(() => DatasetCatalog.Load("cifar-10", null, Only(folder))).Message);
        Assert.DoesNotContain(folder.Files, file => file.Contains(".unpack", StringComparison.Ordinal));
    }

    [Fact]
    public void Cifar_pictures_without_a_test_set_hold_out_the_last_of_each_class()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["user"]);
        (string, byte[])[] files = [.. Enumerable.Range(0, 40).Select(i => ($"train/{(i % 2 == 0 ? "cat" : "dog")}/{i:00}.pgm", Pictures.Pgm(2, 2, (_, _) => i)))];
        ImageFolderTests.Tar(folder, "user/cifar10-train-jpg.tar", files);
        var (train, test) = DatasetCatalog.Load("cifar-10", null, Only(folder));
        Assert.Equal((20, 20), (train.Count, test.Count));
        Assert.Equal("test set: the last 10 of each class by file name, because the official one is not there", test.Note);
        Assert.Equal(test.Note, train.Note);

        ImageFolderTests.Tar(folder, "user/cifar10-test-jpg.tar", ("cat/a.pgm", Pictures.Pgm(2, 2, (_, _) => 1)));
        (train, test) = DatasetCatalog.Load("cifar-10", null, Only(folder));
        Assert.Equal((40, 1, ""), (train.Count, test.Count, test.Note));

        File.Delete(folder["user/cifar10-test-jpg.tar"]);
        folder.Write("user/test_batch.bin", CifarBinaryTests.Records(1, 0, 1));
        (train, test) = DatasetCatalog.Load("cifar-10", null, Only(folder));
        Assert.Equal((40, 3, ""), (train.Count, test.Count, test.Note));
    }

    [Fact]
    public void The_real_cifar_pictures_are_read_and_kept()
    {
        var locations = DataLocations.FromEnvironment();
        Assert.SkipUnless(DatasetCatalog.Find("cifar-10", locations) is not null, "cifar-10 is not here: set GRADUS_DATA to a folder that has it");
        var (train, test) = DatasetCatalog.Load("cifar-10", null, locations);
        Assert.Equal([3, 32, 32], train.SampleShape);
        Assert.Equal(CifarBinary.ClassNames, train.ClassNames);
        if (test.Note.Length == 0)
        {
            Assert.Equal((50_000, 10_000), (train.Count, test.Count));
        }
        else
        {
            Assert.All(train.CountPerClass(), count => Assert.Equal(4500, count));
            Assert.All(test.CountPerClass(), count => Assert.Equal(500, count));
        }
    }

    [Fact]
    public void A_folder_of_pictures_is_split_where_it_has_no_test_part()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 20; i++) folder.Write($"pets/{(i < 10 ? "cat" : "dog")}/{i:00}.pgm", Pictures.Pgm(2, 2, (_, _) => i));
        var (train, test) = DatasetCatalog.Load(folder["pets"]);
        Assert.Equal((16, 4), (train.Count, test.Count));
        Assert.Equal([2, 2], test.CountPerClass());
        Assert.Contains("last fifth", test.Note);
    }
}
