using System.Text.Json;
using System.Text.Json.Serialization;
using Gradus.Formats;
using Gradus.Schedules;

namespace Gradus.Training;

/// <summary>
/// A training on disk: parameters, buffers and the optimizer's tensors in one safetensors file whose metadata holds the rest as
/// JSON. One file, replaced by a rename, is never half written.
/// </summary>
internal sealed class Checkpoint(TrainingState state, AttachedSchedule? schedule, IReadOnlyList<RandomSource> randomSources, IReadOnlyList<Callback> callbacks, int accumulate)
{
    private const string Metadata = "gradus.training";
    private const int Version = 1;

    // Callbacks that keep nothing may come and go between two runs.
    private readonly Callback[] _callbacks = [.. callbacks.Where(callback => callback.State.Count > 0 || callback.Tensors.Count > 0)];

    public void Write(string path)
    {
        var content = new CheckpointContent(
            Version,
            state.Optimizer.GetType().Name,
            state.Batches,
            state.Epoch,
            state.Batch,
            state.Step,
            state.Stopped == StopReason.EarlyStopped,
            state.LossSum,
            state.Samples,
            state.Correct.Correct,
            state.Correct.Count,
            state.Seconds,
            [.. state.Optimizer.Groups.Select(group => group.LearningRate)],
            schedule?.InitialRates.ToArray(),
            [.. randomSources.Select(source => new RandomPosition(source.Seed, source.Position))],
            [.. _callbacks.Select(callback => callback.State.ToArray())],
            [.. state.History.Epochs],
            schedule?.Schedule.State.ToArray(),
            accumulate);
        string json = JsonSerializer.Serialize(content, CheckpointJson.Default.CheckpointContent);
        Safetensors.Write(path, [.. Tensors()], new Dictionary<string, string> { [Metadata] = json });
    }

    /// <summary>Takes everything back; nothing is changed if the checkpoint does not belong to this training.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another model, optimizer or batch size.</exception>
    public void Read(string path)
    {
        var file = Safetensors.Read(path);
        var content = Parse(path, file);
        Require(path, content);
        var tensors = Tensors().ToArray();
        foreach (var (name, tensor) in tensors)
        {
            if (!file.Tensors.TryGetValue(name, out var saved))
                throw new InvalidDataException($"the checkpoint {path} has no tensor '{name}': it belongs to another model");
            if (saved.Shape != tensor.Shape)
                throw new InvalidDataException($"'{name}' is {saved.Shape} in the checkpoint {path} and {tensor.Shape} in the model");
        }

        foreach (var (name, tensor) in tensors) file.Tensors[name].Span.CopyTo(tensor.Span);
        Parameter.NoteChange();
        Restore(content);
    }

    private IEnumerable<(string Name, Tensor Tensor)> Tensors()
    {
        foreach (var (name, tensor) in state.Model.State()) yield return ($"model.{name}", tensor);
        int number = 0;
        foreach (var parameter in state.Optimizer.Groups.SelectMany(group => group.Parameters))
        {
            for (int i = 0; i < state.Optimizer.StateOf(parameter).Count; i++) yield return ($"optimizer.{number}.{i}", state.Optimizer.StateOf(parameter)[i]);
            number++;
        }

        for (int i = 0; i < _callbacks.Length; i++)
        {
            foreach (var (name, tensor) in _callbacks[i].Tensors) yield return ($"callback.{i}.{name}", tensor);
        }
    }

    private static CheckpointContent Parse(string path, SafetensorsContent file)
    {
        if (!file.Metadata.TryGetValue(Metadata, out string? json)) throw new InvalidDataException($"{path} holds tensors, but it is no training's checkpoint");
        try
        {
            return JsonSerializer.Deserialize(json, CheckpointJson.Default.CheckpointContent) ?? throw new JsonException("it is empty");
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException($"the checkpoint {path} has a damaged state: {failure.Message}", failure);
        }
    }

    private void Require(string path, CheckpointContent content)
    {
        if (content.Version != Version)
            throw new InvalidDataException($"the checkpoint {path} has version {content.Version}; this program reads version {Version}");
        if (content.Callbacks.Contains(null!) || content.History.Contains(null!))
            throw new InvalidDataException($"the checkpoint {path} has a damaged state: an element is null");
        Same("optimizer", content.Optimizer, state.Optimizer.GetType().Name);
        Same("number of batches in an epoch", content.Batches, state.Batches);
        Same("number of parameter groups", content.LearningRates.Length, state.Optimizer.Groups.Count);
        Same("number of scheduled groups", content.InitialRates?.Length ?? 0, schedule is null ? 0 : schedule.InitialRates.Length);
        Same("number of random sources", content.RandomPositions.Length, randomSources.Count);
        Same("number of batches in a step", content.Accumulate, accumulate);
        Same("schedule's state", content.ScheduleState?.Length ?? 0, schedule?.Schedule.State.Count ?? 0);
        Same("number of callbacks with a state", content.Callbacks.Length, _callbacks.Length);
        for (int i = 0; i < randomSources.Count; i++) Same("seed", content.RandomPositions[i].Seed, randomSources[i].Seed);
        for (int i = 0; i < _callbacks.Length; i++) Same($"{_callbacks[i].GetType().Name}'s state", content.Callbacks[i].Length, _callbacks[i].State.Count);
        if (content.Epoch < 1 || content.Batch < 0 || content.Batch > content.Batches || content.Steps < 0)
            throw new InvalidDataException($"the checkpoint {path} has an impossible place: epoch {content.Epoch}, batch {content.Batch}, step {content.Steps}");

        void Same<T>(string what, T saved, T present)
            where T : IEquatable<T>
        {
            if (saved.Equals(present)) return;
            string difference = $"the checkpoint {path} was written with another {what}: {saved}, and it is {present} now";
            throw new InvalidDataException($"{difference}; resume with the same settings");
        }
    }

    private void Restore(CheckpointContent content)
    {
        (state.Epoch, state.Batch, state.Optimizer.Steps) = (content.Epoch, content.Batch, content.Steps);
        (state.LossSum, state.Samples) = (content.LossSum, content.Samples);
        state.SetClock(content.Seconds);
        state.Correct.Restore(content.Correct, content.Counted);
        state.Stopped = content.EarlyStopped ? StopReason.EarlyStopped : null;
        state.History.Restore(content.History);
        for (int i = 0; i < content.LearningRates.Length; i++) state.Optimizer.Groups[i].LearningRate = content.LearningRates[i];
        if (schedule is not null) content.InitialRates.CopyTo(schedule.InitialRates);
        for (int i = 0; i < randomSources.Count; i++) randomSources[i].Position = content.RandomPositions[i].Position;
        schedule?.Schedule.Restore(content.ScheduleState ?? []);
        for (int i = 0; i < _callbacks.Length; i++) _callbacks[i].Restore(content.Callbacks[i]);
    }
}

/// <summary>What a checkpoint keeps beside tensors.</summary>
internal sealed record CheckpointContent(
    int Version,
    string Optimizer,
    int Batches,
    int Epoch,
    int Batch,
    long Steps,
    bool EarlyStopped,
    double LossSum,
    long Samples,
    long Correct,
    long Counted,
    double Seconds,
    float[] LearningRates,
    float[]? InitialRates,
    RandomPosition[] RandomPositions,
    double[][] Callbacks,
    EpochRecord[] History,
    double[]? ScheduleState = null,
    int Accumulate = 1);

/// <summary>A random source's whole state.</summary>
internal readonly record struct RandomPosition(ulong Seed, ulong Position);

/// <summary>The serialiser of <see cref="CheckpointContent"/>, generated at compile time so that native AOT has it. Missing members are errors; NaN is a text.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CheckpointContent))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
