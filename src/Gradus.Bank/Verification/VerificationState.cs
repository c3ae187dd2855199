using System.Text.Json;
using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>How far a verification in a folder has come, so that it can be gone on with.</summary>
internal sealed class VerificationState
{
    private const string FileName = "verification.json";

    private readonly VerificationSettings _settings;
    private readonly Dictionary<string, double> _seconds;

    private VerificationState(VerificationSettings settings, bool resumed, Dictionary<string, double> seconds) => (_settings, Resumed, _seconds) = (settings, resumed, seconds);

    /// <summary>Whether an earlier run was stopped here and is gone on with.</summary>
    public bool Resumed { get; }

    public static VerificationState Begin(VerificationSettings settings)
    {
        Directory.CreateDirectory(settings.Folder);
        string path = Path.Combine(settings.Folder, FileName);
        var seconds = Directory.GetDirectories(settings.Folder).Select(Read).OfType<LabResult>().GroupBy(result => result.Lab).ToDictionary(group => group.Key, group => group.First().Seconds);
        var before = Stopped(path);
        bool resumed = before is { Done: false } && before == Mark.Of(settings, done: false);
        if (!resumed)
        {
            foreach (string folder in Directory.GetDirectories(settings.Folder).Where(folder => File.Exists(Path.Combine(folder, LabResult.FileName)))) Directory.Delete(folder, recursive: true);
            Mark.Of(settings, done: false).Write(path);
        }

        return new VerificationState(settings, resumed, seconds);
    }

    /// <summary>How long a lab took the last time; those never seen come first.</summary>
    public double SecondsOf(string lab) => _seconds.GetValueOrDefault(lab, double.PositiveInfinity);

    public string FolderOf(string lab) => Path.Combine(_settings.Folder, lab);

    /// <summary>The result of the stopped run; null if the lab has none, or a failure that may have passed.</summary>
    public LabResult? Before(string lab) => Resumed && Read(FolderOf(lab)) is { Failure: null, Missing: null } result ? result : null;

    public void Finish() => Mark.Of(_settings, done: true).Write(Path.Combine(_settings.Folder, FileName));

    private static LabResult? Read(string folder)
    {
        try
        {
            return File.Exists(Path.Combine(folder, LabResult.FileName)) ? LabResult.Read(folder) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static Mark? Stopped(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Mark>(File.ReadAllText(path)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Mark(string Code, Budget Budget, ulong Seed, bool Done)
    {
        public static Mark Of(VerificationSettings settings, bool done) => new(NetworkCache.Code, settings.Budget, settings.Seed, done);

        public void Write(string path)
        {
            string temporary = $"{path}.{Environment.ProcessId}.tmp";
            File.WriteAllText(temporary, JsonSerializer.Serialize(this));
            File.Move(temporary, path, overwrite: true);
        }
    }
}
