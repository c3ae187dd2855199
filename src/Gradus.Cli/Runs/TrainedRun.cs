using Gradus.Data;

namespace Gradus.Cli.Runs;

/// <summary>A run that can be used: its network with the trained parameters, and what it wants to be fed.</summary>
internal sealed record TrainedRun(RunFolder Folder, RunDescription Description, Layer Model)
{
    public Normalization Normalization => new(Description.Mean, Description.Deviation);

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

    public void Require(Dataset data)
    {
        int[] shape = [data.Channels, data.Height, data.Width];
        if (!shape.SequenceEqual(Description.Input))
            throw new UsageException($"the run takes samples of [{string.Join(", ", Description.Input)}]; those of {data.Name} are [{string.Join(", ", shape)}]");
        if (!data.ClassNames.SequenceEqual(Description.ClassNames))
            throw new UsageException($"the run knows the classes {string.Join(", ", Description.ClassNames)}; {data.Name} has {string.Join(", ", data.ClassNames)}");
    }
}
