using Gradus.Cli.Tasks;
using Gradus.Zoo;

namespace Gradus.Cli.Runs;

/// <summary>A run that can be used: its network with the trained parameters, and what it wants to be fed.</summary>
internal sealed record TrainedRun(RunFolder Folder, RunDescription Description, Layer Model)
{
    public TaskKind Kind => TaskKind.Of(Architectures.Get(Description.Model));

    public static TrainedRun Open(string path)
    {
        var folder = new RunFolder(path);
        var description = RunDescription.Read(folder);
        if (!File.Exists(folder.Model)) throw new UsageException($"'{path}' has no model yet: its training has not ended; go on with it by 'gradus train' with --resume");
        var model = description.Build();
        model.Load(folder.Model);
        model.Evaluate();
        return new TrainedRun(folder, description, model);
    }
}
