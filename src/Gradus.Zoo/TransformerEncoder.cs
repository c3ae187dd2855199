using Gradus.Layers;
using Gradus.Ops;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Zoo;

/// <summary>A Transformer's encoder that classifies sequences of vectors by the mean of what it makes of them.</summary>
/// <remarks>Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3: sinusoidal positions, norm after each sum, ReLU.</remarks>
public sealed class TransformerEncoder : Architecture
{
    private const int Width = 128, Heads = 4, Hidden = 512, Layers = 2;

    /// <inheritdoc/>
    public override string Name => "transformer-encoder";

    /// <inheritdoc/>
    public override string Description => "Transformer encoder of 2 layers, width 128, 4 heads, on the mean over time (Vaswani et al. 2017)";

    /// <inheritdoc/>
    public override Shape Input => [128, 128];

    /// <inheritdoc/>
    public override int Outputs => 10;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Epochs = 3, LearningRate = 5e-4f };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random) => new Network(input[1], outputs, random);

    private sealed class Network(int features, int outputs, RandomSource random) : ClassOfSequence
    {
        private readonly Linear _embed = new(features, Width, random: random);
        private readonly SinusoidalPositions _positions = new();
        private readonly Dropout _dropout = new(0.1f, random);
        private readonly TransformerEncoderLayer[] _layers = [.. Enumerable.Range(0, Layers).Select(_ => new TransformerEncoderLayer(Width, Heads, Hidden, random: random))];
        private readonly Linear _classify = new(Width, outputs, random: random);

        public override Tensor Forward(Tensor x, IntTensor? lengths)     // [n, time, features]
        {
            x = _dropout.Forward(_positions.Forward(_embed.Forward(x))); // [n, time, 128]
            foreach (var layer in _layers) x = layer.Forward(x, causal: false, lengths);
            return _classify.Forward(Mean(x, lengths));                  // [n, outputs] logits
        }

        // Over the steps that exist: row l of a table holds 1 / l in its first l places, and each sequence looks its own row up.
        private static Tensor Mean(Tensor x, IntTensor? lengths)
        {
            if (lengths is null) return x.Mean(1);
            int batch = x.Shape[0], time = x.Shape[1];
            var shares = Tensor.Zeros([time + 1, time]);
            for (int length = 1; length <= time; length++) shares.Span.Slice(length * time, length).Fill(1f / length);
            return (x * shares.Embed(lengths).Reshape(batch, time, 1)).Sum(1);
        }
    }
}
