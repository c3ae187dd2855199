using System.Reflection;

namespace Gradus.Book;

/// <summary>The files that came with this assembly: <c>Vendor/...</c> and <c>Site/...</c>.</summary>
internal static class Resources
{
    private static readonly Assembly Assembly = typeof(Resources).Assembly;

    public static IEnumerable<string> Names => Assembly.GetManifestResourceNames().Where(name => name.StartsWith("Vendor/", StringComparison.Ordinal) || name.StartsWith("Site/", StringComparison.Ordinal));

    public static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    public static void Copy(string name, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var from = Open(name);
        using var to = File.Create(path);
        from.CopyTo(to);
    }

    private static Stream Open(string name) => Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program");
}
