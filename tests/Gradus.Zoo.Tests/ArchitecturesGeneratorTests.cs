using Gradus.Zoo.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Gradus.Zoo.Tests;

public class ArchitecturesGeneratorTests
{
    private const string BaseClass = """
        namespace Gradus.Zoo;
        public abstract class Architecture;
        public static partial class Architectures { private static partial Architecture[] Create(); }

        """;

    [Fact]
    public void The_list_holds_every_architecture_that_reflection_finds()
    {
        var classes = typeof(Architecture).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Architecture)) && !type.IsAbstract);
        Assert.Equal(classes.Select(type => type.Name).Order(), Architectures.All.Select(architecture => architecture.GetType().Name).Order());
    }

    [Fact]
    public void It_lists_indirect_and_partial_classes_once_and_no_abstract_or_other_class()
    {
        var (errors, source) = Generate("""
            public abstract class Family : Architecture;
            public sealed partial class Direct : Architecture;
            public sealed partial class Direct : System.IDisposable { public void Dispose() { } }
            internal sealed class Indirect(int depth) : Family { public Indirect() : this(3) { } public int Depth => depth; }
            public class Unrelated : System.IDisposable { public void Dispose() { } }
            """);
        Assert.Empty(errors);
        string[] made = [.. source.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("new ", StringComparison.Ordinal))];
        Assert.Equal(["new global::Gradus.Zoo.Direct(),", "new global::Gradus.Zoo.Indirect(),"], made);
    }

    [Theory]
    [InlineData("public sealed class Wide(int width) : Architecture { public int Width => width; }")]
    [InlineData("public sealed class Wide : Architecture { private Wide() { } }")]
    [InlineData("public sealed class Wide<T> : Architecture;")]
    [InlineData("public static class Outer { private sealed class Wide : Architecture; }")]
    public void An_architecture_that_it_cannot_make_is_an_error_at_its_name(string declaration)
    {
        var (errors, _) = Generate(declaration);
        var error = Assert.Single(errors);
        Assert.Equal((ArchitecturesGenerator.NotConstructible.Id, DiagnosticSeverity.Error), (error.Id, error.Severity));
        Assert.Contains("Wide", error.GetMessage());
        Assert.Equal(declaration.IndexOf("Wide", StringComparison.Ordinal), error.Location.SourceSpan.Start - BaseClass.Length);
    }

    private static (Diagnostic[] Errors, string Source) Generate(string declarations)
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var compilation = CSharpCompilation.Create(
            "Zoo",
            [CSharpSyntaxTree.ParseText(BaseClass + declarations, cancellationToken: TestContext.Current.CancellationToken)],
            [MetadataReference.CreateFromFile(typeof(object).Assembly.Location), MetadataReference.CreateFromFile(Path.Combine(runtime, "System.Runtime.dll"))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var driver = CSharpGeneratorDriver.Create(new ArchitecturesGenerator());
        var result = driver.RunGeneratorsAndUpdateCompilation(compilation, out var updated, out _, TestContext.Current.CancellationToken).GetRunResult();
        var errors = result.Diagnostics.Concat(updated.GetDiagnostics(TestContext.Current.CancellationToken)).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return ([.. errors], result.GeneratedTrees.Single().ToString());
    }
}
