using System.Diagnostics;
using Gradus.Data;

namespace Gradus.Labs;

/// <summary>Runs labs, any number at a time; a lab that fails says so in its result.</summary>
/// <param name="cache">The networks that they share.</param>
public sealed class LabRunner(NetworkCache cache)
{
    /// <summary>Runs a lab and writes its result into its folder.</summary>
    /// <param name="lab">With its knobs turned.</param>
    /// <param name="settings">Budget, seed, folder.</param>
    /// <param name="listener">Hears of it.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped; no result was written.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public LabResult Run(Lab lab, LabSettings settings, LabListener? listener = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(lab);
        ArgumentNullException.ThrowIfNull(settings);
        Directory.CreateDirectory(settings.Folder);
        var context = new LabContext(lab, settings, cache, listener ?? LabListener.None, cancellation);
        var bare = new LabResult { Lab = lab.Slug, Budget = settings.Budget, Seeds = context.Seeds, Knobs = Turned(lab) };
        var clock = Stopwatch.StartNew();
        try
        {
            bare = bare with { Verdicts = lab.Run(context) };
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (DatasetUnavailableException missing)
        {
            bare = bare with { Missing = $"{missing.Message} Get it by: gradus data get {missing.Name}" };
        }
#pragma warning disable CA1031 // whatever a lab throws, the other labs go on
        catch (Exception failure)
#pragma warning restore CA1031
        {
            bare = bare with { Failure = $"{failure.GetType().Name}: {failure.Message.ReplaceLineEndings("\n").Split('\n')[0]}" };
        }

        var result = context.Result(bare) with { Seconds = clock.Elapsed.TotalSeconds, Ended = DateTimeOffset.Now, Machine = Machine.Description };
        result.Write(settings.Folder);
        return result;
    }

    private static Dictionary<string, string> Turned(Lab lab)
    {
        var untouched = LabCatalog.Make(lab.GetType());
        return Knob.Of(lab.GetType()).Where(knob => knob.Get(lab) != knob.Get(untouched)).ToDictionary(knob => knob.Name, knob => knob.Get(lab));
    }
}
