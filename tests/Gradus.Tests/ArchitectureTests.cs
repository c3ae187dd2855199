using System.Xml.Linq;

namespace Gradus.Tests;

/// <summary>Arrows between projects point down only.</summary>
public class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Gradus"] = [],
        ["Gradus.Onnx"] = ["Gradus"],
        ["Gradus.Plots"] = ["Gradus"],
        ["Gradus.Data"] = ["Gradus"],
        ["Gradus.Zoo"] = ["Gradus", "Gradus.Zoo.Generators"],
        ["Gradus.Zoo.Generators"] = [],
        ["Gradus.Labs"] = ["Gradus", "Gradus.Plots", "Gradus.Data", "Gradus.Zoo"],
        ["Gradus.Bank"] = ["Gradus.Labs"],
        ["Gradus.Book"] = ["Gradus.Bank"],
        ["Gradus.Cli"] = ["Gradus", "Gradus.Onnx", "Gradus.Plots", "Gradus.Data", "Gradus.Zoo", "Gradus.Labs", "Gradus.Bank", "Gradus.Book"],
    };

    [Fact]
    public void Projects_reference_only_what_lies_below_them()
    {
        foreach (string project in Directory.GetFiles(Path.Combine(Root(), "src"), "*.csproj", SearchOption.AllDirectories))
        {
            string name = Path.GetFileNameWithoutExtension(project);
            Assert.True(Allowed.TryGetValue(name, out var allowed), $"{name} has no place in the architecture yet");
            foreach (string reference in References(project, "ProjectReference"))
                Assert.Contains(Path.GetFileNameWithoutExtension(reference), allowed);
        }
    }

    [Fact]
    public void The_engine_depends_on_nothing_but_tensor_spans() =>
        Assert.Equal(["System.Numerics.Tensors"], References(Path.Combine(Root(), "src", "Gradus", "Gradus.csproj"), "PackageReference"));

    [Theory]
    [InlineData("Kernels", "Gradus.Graph", "Gradus.Ops", "Gradus.Layers", "Gradus.Training")]
    [InlineData("Ops", "Gradus.Layers", "Gradus.Training", "Gradus.Graph.Planning", "Gradus.Graph.Rewriting")]
    [InlineData("Layers", "Gradus.Training", "Gradus.Graph.Planning")]
    [InlineData("Graph", "Gradus.Layers", "Gradus.Training")]
    public void Folders_of_the_engine_do_not_look_up(string folder, params string[] forbidden)
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Root(), "src", "Gradus", folder), "*.cs", SearchOption.AllDirectories))
        {
            string[] used = [.. File.ReadLines(file).Where(line => line.StartsWith("using ", StringComparison.Ordinal))];
            foreach (string name in forbidden) Assert.DoesNotContain(used, line => line == $"using {name};");
        }
    }

    private static string[] References(string project, string kind) =>
        [.. XDocument.Load(project).Descendants(kind).Select(element => element.Attribute("Include")!.Value.Replace('\\', '/'))];

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Gradus.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
