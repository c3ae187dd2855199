using Gradus.Schedules;

namespace Gradus.Cli.Train;

/// <summary>Optimizers and schedules by the names that the command line knows.</summary>
internal static class Choices
{
    public static readonly string[] Optimizers = ["sgd", "adam", "adamw"];
    public static readonly string[] Schedules = ["constant", "cosine", "step", "one-cycle"];

    public static Optimizer Optimizer(string name, IEnumerable<Parameter> parameters, float learningRate) => name switch
    {
        "sgd" => new Sgd(parameters, learningRate, momentum: 0.9f, nesterov: true, weightDecay: 1e-4f),
        "adam" => new Adam(parameters, learningRate),
        _ => new AdamW(parameters, learningRate),
    };

    public static Schedule? Schedule(string name, long steps) => name switch
    {
        "cosine" => new CosineSchedule(steps),
        "step" => new StepSchedule(Math.Max(1, steps / 3)), // a tenth after each third
        "one-cycle" => new OneCycleSchedule(steps),
        _ => null,
    };
}
