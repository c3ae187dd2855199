using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Gradus.Zoo.Generators;

/// <summary>
/// Writes the list behind <c>Gradus.Zoo.Architectures</c>: one instance of every class that derives from <c>Gradus.Zoo.Architecture</c>
/// and is not abstract. Native AOT and trimming keep what is written in code; what only reflection would find, they drop.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ArchitecturesGenerator : IIncrementalGenerator
{
    private const string BaseClass = "Gradus.Zoo.Architecture";

    /// <summary>An architecture that the list cannot make; an error, as it would be missing without a word.</summary>
    public static readonly DiagnosticDescriptor NotConstructible = new(
        "GRADUS001",
        "An architecture needs a parameterless constructor",
        "'{0}' is an architecture, but the generated list cannot make one: give it a parameterless constructor and make both public or internal, or make it abstract",
        "Gradus.Zoo",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var found = context.SyntaxProvider
            .CreateSyntaxProvider((node, _) => node is ClassDeclarationSyntax { BaseList: not null }, Find)
            .Where(candidate => candidate is not null)
            .Select((candidate, _) => candidate!.Value)
            .Collect();
        context.RegisterSourceOutput(found, Write);
    }

    // Text and numbers alone, so that equal finds compare equal and the compiler repeats nothing.
    private static (string Name, bool Constructible, string File, TextSpan Span, LinePositionSpan Lines)? Find(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        var declaration = (ClassDeclarationSyntax)context.Node;
        if (context.SemanticModel.GetDeclaredSymbol(declaration, cancellation) is not INamedTypeSymbol { IsAbstract: false } type || !IsArchitecture(type)) return null;
        var place = declaration.Identifier.GetLocation();
        return (type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat), IsConstructible(type), place.SourceTree!.FilePath, place.SourceSpan, place.GetLineSpan().Span);
    }

    private static bool IsArchitecture(INamedTypeSymbol type)
    {
        for (var above = type.BaseType; above is not null; above = above.BaseType)
        {
            if (above.ToDisplayString() == BaseClass) return true;
        }

        return false;
    }

    private static bool IsConstructible(INamedTypeSymbol type)
    {
        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.IsGenericType || !IsVisible(outer)) return false;
        }

        return type.InstanceConstructors.Any(constructor => constructor.Parameters.IsEmpty && IsVisible(constructor));
    }

    private static bool IsVisible(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal;

    private static void Write(
        SourceProductionContext context, ImmutableArray<(string Name, bool Constructible, string File, TextSpan Span, LinePositionSpan Lines)> found)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal); // the parts of a partial class count once
        foreach (var (name, constructible, file, span, lines) in found)
        {
            if (constructible) names.Add(name);
            else context.ReportDiagnostic(Diagnostic.Create(NotConstructible, Location.Create(file, span, lines), name.Replace("global::", "")));
        }

        var source = new StringBuilder("namespace Gradus.Zoo;\n\npublic static partial class Architectures\n{\n    private static partial Architecture[] Create() =>\n    [\n");
        foreach (string name in names) source.Append("        new ").Append(name).Append("(),\n");
        context.AddSource("Architectures.g.cs", SourceText.From(source.Append("    ];\n}\n").ToString(), Encoding.UTF8));
    }
}
