namespace Gradus.Zoo;

/// <summary>A small language model over bytes: a Transformer in which every step sees itself and those before it alone.</summary>
/// <remarks>Radford et al. 2019, "Language models are unsupervised multitask learners", section 2.3; sizes for a CPU.</remarks>
public sealed class GptSmall : Architecture
{
    /// <inheritdoc/>
    public override string Name => "gpt-small";

    /// <inheritdoc/>
    public override string Description => "language model: causal Transformer of 4 layers, width 128, 4 heads, over 128 tokens (Radford et al. 2019)";

    /// <summary>How many tokens the model sees at most: <c>[time]</c>.</summary>
    public override Shape Input => [128];

    /// <summary>The vocabulary: bytes.</summary>
    public override int Outputs => 256;

    /// <inheritdoc/>
    public override LearningTask Task => LearningTask.LanguageModelling;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Batch = 16, Optimizer = "adamw", LearningRate = 2e-3f };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random) =>
        new LanguageModel(vocabulary: outputs, length: input[0], width: 128, heads: 4, layers: 4, random: random);
}
