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

    public string Vocabulary => File("vocabulary.json");

    public string Environment => File("environment.json");

    public static string DefaultPath(string model, string data) =>
        System.IO.Path.Combine("runs", $"{model}-{System.IO.Path.GetFileNameWithoutExtension(System.IO.Path.TrimEndingDirectorySeparator(data))}-{DateTime.Now:yyyyMMdd-HHmmss}");

    /// <summary>Refuses, before anything is computed, a place where there can be no folder.</summary>
    /// <exception cref="UsageException">The path is a file's.</exception>
    public void RequirePlace()
    {
        if (System.IO.File.Exists(Path)) throw new UsageException($"'{Path}' is a file; --out names a folder");
    }

    /// <summary>Makes the folder where it is not there yet, and removes what a process that was killed had half written.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public void Create()
    {
        try
        {
            Directory.CreateDirectory(Path);
            // The run's own files alone: the folder may hold others.
            string[] written = [Model, Architecture, Checkpoint, Curves, Confusion, Predictions, Vocabulary, Environment, File("history.csv"), File("history.json")];
            foreach (string name in written.Select(file => System.IO.Path.GetFileName(file)))
            {
                foreach (string part in Directory.GetFiles(Path, $"{name}.*.tmp").Concat(Directory.GetFiles(Path, $"{name}.*.part"))) System.IO.File.Delete(part);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot make the run's folder '{Path}': {failure.Message}", failure);
        }
    }

    public static void WriteJson<T>(string path, T document) => AtomicFile.WriteText(path, Json.Text(document) + "\n");

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
