using Gradus.Formats;

namespace Gradus.Cli.Runs;

/// <summary>The files of one training, by name.</summary>
internal sealed class RunFolder(string path)
{
    public string Path { get; } = path;

    public string Model => File("model.safetensors");

    public string Architecture => File("architecture.json");

    public string Checkpoint => File("checkpoint.safetensors");

    public string Curves => File("curves.png");

    public string Confusion => File("confusion.png");

    public string Predictions => File("predictions.png");

    public string Environment => File("environment.json");

    public static string DefaultPath(string model, string data) =>
        System.IO.Path.Combine("runs", $"{model}-{System.IO.Path.GetFileNameWithoutExtension(System.IO.Path.TrimEndingDirectorySeparator(data))}-{DateTime.Now:yyyyMMdd-HHmmss}");

    public static void WriteJson<T>(string path, T document) => AtomicFile.WriteText(path, Json.Text(document) + "\n");

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
