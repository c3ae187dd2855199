namespace Gradus.Plots.Tests;

public sealed class GraphPlotTests : IDisposable
{
    private readonly PlotFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_word_value_and_edge_changes_the_picture()
    {
        using var plain = Draw(["a", "1"], "c", [0, 1]);
        using var word = Draw(["梯", "1"], "c", [0, 1]);
        using var value = Draw(["a", "2"], "c", [0, 1]);
        using var edge = Draw(["a", "1"], "c", [1]);
        foreach (var other in new[] { word, value, edge }) Assert.False(PlotFolder.Same(plain, other));
    }

    [Fact]
    public void A_node_takes_its_inputs_from_lower_columns_only()
    {
        Assert.Throws<ArgumentException>(() => GraphPlot.Save(_folder.File("none.png"), []));
        Assert.Throws<ArgumentException>(() => GraphPlot.Save(_folder.File("self.png"), [new GraphNode(["a"], 0, 0, 0)]));
        Assert.Throws<ArgumentException>(() => GraphPlot.Save(_folder.File("far.png"), [new GraphNode(["a"], 1, 0, 7)]));
        Assert.Empty(_folder.Files);
    }

    private SkiaSharp.SKBitmap Draw(string[] first, string last, int[] inputs)
    {
        string path = _folder.File("graph.png");
        GraphPlot.Save(path, [new GraphNode(first, 0, 0), new GraphNode(["b", "-1"], 0, 1), new GraphNode([last, "0"], 1, 0.5, inputs)], "title");
        return PlotFolder.Read(path);
    }
}
