using Gradus.Schedules;

namespace Gradus.Cli.Train;

/// <summary>Optimizers and schedules by the names that the command line knows.</summary>
internal static class Choices
{
    public static readonly string[] Optimizers = ["sgd", "adam", "adamw", "adagrad", "rmsprop", "lion"];
    public static readonly string[] Schedules = ["constant", "cosine", "step", "one-cycle", "exponential", "cosine-restarts", "warmup-cosine", "plateau"];

    /// <param name="name">One of <see cref="Optimizers"/>.</param>
    /// <param name="parameters">What it changes.</param>
    /// <param name="learningRate">Above 0.</param>
    /// <param name="weightDecay">At least 0; null for the optimizer's own.</param>
    public static Optimizer Optimizer(string name, IEnumerable<Parameter> parameters, float learningRate, float? weightDecay = null)
    {
        var optimizer = Optimizer(name, parameters, learningRate);
        foreach (var group in optimizer.Groups) group.WeightDecay = weightDecay ?? group.WeightDecay;
        return optimizer;
    }

    private static Optimizer Optimizer(string name, IEnumerable<Parameter> parameters, float learningRate) => name switch
    {
        "sgd" => new Sgd(parameters, learningRate, momentum: 0.9f, nesterov: true, weightDecay: 1e-4f),
        "adam" => new Adam(parameters, learningRate),
        "adagrad" => new AdaGrad(parameters, learningRate),
        "rmsprop" => new RmsProp(parameters, learningRate),
        "lion" => new Lion(parameters, learningRate),
        _ => new AdamW(parameters, learningRate),
    };

    public static Schedule? Schedule(string name, long steps) => name switch
    {
        "cosine" => new CosineSchedule(steps),
        "step" => new StepSchedule(Math.Max(1, steps / 3)), // a tenth after each third
        "one-cycle" => new OneCycleSchedule(steps),
        "exponential" => new ExponentialSchedule(0.01, steps), // to a hundredth at the end
        "cosine-restarts" => new CosineRestartsSchedule(Math.Max(1, (steps + 6) / 7)), // waves of 1, 2 and 4 sevenths
        "warmup-cosine" => new WarmupSchedule(steps / 20, new CosineSchedule(steps - steps / 20)),
        "plateau" => new PlateauSchedule(patience: 3),
        _ => null,
    };
}
