using System.Text;
using CsCheck;

namespace Gradus.Data.Tests;

public class TableFileTests
{
    private static TableDataset Read(string text, string? label = null)
    {
        using var folder = new TemporaryFolder();
        return TableFile.Read(folder.Write("t.csv", Encoding.UTF8.GetBytes(text)), label);
    }

    private static float[][] Values(TableDataset set) => [.. Enumerable.Range(0, set.Count).Select(i =>
    {
        var row = new float[set.Channels];
        set.Read(i, row);
        return row;
    })];

    [Theory]
    [InlineData("a,b,class\n1,2,x\n3,4,y\n5,6,x\n"), InlineData("class;a;b\r\nx;1;2\r\ny;3;4\r\nx;5;6"), InlineData("a\tkind\tb\n1\tx\t2\n3\ty\t4\n5\tx\t6\n\n")]
    [InlineData("\"a\",\"b\",\"class\"\n\"1\",\"2\",\"x\"\n3,4,\"y\"\n5,6,x\n"), InlineData("\uFEFFa,b,Label\n1,2,x\n3,4,y\n5,6,x")]
    public void Separators_quotes_headers_and_line_ends_are_found(string text)
    {
        var set = Read(text);
        Assert.Equal(["a", "b"], set.Columns);
        Assert.Equal(["x", "y"], set.ClassNames);
        Assert.Equal([[1f, 2f], [3f, 4f], [5f, 6f]], Values(set));
        Assert.Equal([0, 1, 0], Enumerable.Range(0, 3).Select(set.Label));
    }

    [Fact]
    public void Quoted_fields_hold_separators_quotes_and_line_breaks()
    {
        var set = Read("a,what\n1,\"one, \"\"or\"\"\ntwo\"\n2,plain\n");
        Assert.Equal(["one, \"or\"\ntwo", "plain"], set.ClassNames);
    }

    [Fact]
    public void Without_a_header_the_last_column_is_the_label_and_numbers_are_sorted_as_numbers()
    {
        var set = Read("1.5,-2e3,10\n.25,7,9\n");
        Assert.Equal(["column 1", "column 2"], set.Columns);
        Assert.Equal(["9", "10"], set.ClassNames);
        Assert.Equal([[1.5f, -2000f], [0.25f, 7f]], Values(set));
    }

    [Theory, InlineData("b"), InlineData("2"), InlineData("B")]
    public void The_label_column_can_be_named_or_numbered(string label) => Assert.Equal(["a", "class"], Read("a,b,class\n1,2,3\n4,5,6\n", label).Columns);

    [Theory]
    [InlineData("", "is empty"), InlineData("a,b\n", "no rows"), InlineData("a\n1\n", "one column"), InlineData("a,b,class\n1,2,x\n3,y\n", "row 3 has 2 fields")]
    [InlineData("a,b,class\n1,2,x\n3,,y\n", "row 3: nothing in column 'b'"), InlineData("a,b,class\n1,2,x\n3,NaN,y\n", "'NaN' in column 'b'"), InlineData("a,b,class\n1,2,\n3,4,y\n", "'class' is empty")]
    [InlineData("a,class\n1,\"x\n2,y\n", "row 2 opens a quote")]
    public void What_is_wrong_is_said_in_one_line(string text, string part)
    {
        string message = Assert.Throws<InvalidDataException>(() => Read(text)).Message;
        Assert.Contains(part, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_column_of_measurements_is_no_label()
    {
        string text = string.Join('\n', Enumerable.Range(0, 300).Select(i => $"{i % 2},{i * 0.1}"));
        Assert.Contains("#COLUMN", Assert.Throws<InvalidDataException>(() => Read(text)).Message);
        Assert.Equal(2, Read(text, "1").Classes);
    }

    [Fact]
    public void Any_mutilated_file_loads_or_says_why()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = Encoding.UTF8.GetBytes("length,left,kind\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i}.5,\"{i}\",{"ab"[i % 2]}\n")));
        Mutilation.Of(whole, header: 20).Sample(file => Mutilation.LoadsOrSaysWhy(() => TableFile.Load(folder.Write("x.csv", file)), "x.csv", 4 << 20), iter: 1000, threads: 1);
    }

    [Fact]
    public void A_fifth_of_each_class_is_for_the_test_and_no_row_is_lost()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("t.csv", Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 60).Select(i => $"{i},{(i < 20 ? "rare" : "usual")}"))));
        var (train, test) = DatasetCatalog.Load(path);
        Assert.Equal([4, 8], test.CountPerClass());
        Assert.Equal([16, 32], train.CountPerClass());
        Assert.Equal(Enumerable.Range(0, 60), new[] { train, test }.SelectMany(part => ((Subset)part).Indices.ToArray()).Order());
        Assert.False(train.HasPictures);
        Assert.Contains("'rare' in column 'column 2'", Assert.Throws<InvalidDataException>(() => DatasetCatalog.Load(path + "#1")).Message); // the other column as the label
    }

    [Fact]
    public void Banknotes_have_their_published_counts()
    {
        Assert.SkipUnless(DatasetCatalog.Find("swiss-banknotes") is not null && DatasetCatalog.Find("uci-banknote") is not null, "GRADUS_DATA has no banknotes");
        var (train, test) = DatasetCatalog.Load("swiss_banknotes"); // the folder's spelling will do
        Assert.Equal([100, 100], train.CountPerClass().Zip(test.CountPerClass(), (a, b) => a + b));
        Assert.Equal(["counterfeit", "genuine"], train.ClassNames);
        Assert.Equal(6, train.Channels);
        (train, test) = DatasetCatalog.Load("uci-banknote");
        Assert.Equal([762, 610], train.CountPerClass().Zip(test.CountPerClass(), (a, b) => a + b));
        Assert.Equal(4, train.Channels);
    }
}
