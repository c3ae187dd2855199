using Gradus.Layers;
using Gradus.Ops;
using Linear = Gradus.Layers.Linear;

namespace Gradus.Zoo;

/// <summary>
/// A small vision transformer for small pictures: patches of 4 x 4 pixels are the words of a sentence, and a class token in front reads them.
/// Width, heads and hidden features are DeiT-tiny's; its 12 layers are 6 here, and its patches of 16 are 4, so that an epoch on a CPU takes minutes.
/// </summary>
/// <remarks>
/// Dosovitskiy et al. 2021, https://arxiv.org/abs/2010.11929, section 3.1; sizes: Touvron et al. 2021, https://arxiv.org/abs/2012.12877, table 1.
/// </remarks>
public sealed class VitTiny : Architecture
{
    private const int Patch = 4, Width = 192, Heads = 3, Hidden = 768, Layers = 6;

    /// <inheritdoc/>
    public override string Name => "vit-tiny";

    /// <inheritdoc/>
    public override string Description => "vision transformer of 6 layers, width 192, 3 heads, on patches of 4 (Dosovitskiy et al. 2021)";

    /// <inheritdoc/>
    public override Shape Input => [3, 32, 32];

    /// <inheritdoc/>
    public override int Outputs => 10;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Optimizer = "adamw", LearningRate = 5e-4f };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random)
    {
        if (input[1] % Patch != 0 || input[2] % Patch != 0 || input[1] == 0 || input[2] == 0)
            throw new ShapeException($"{Name} cuts pictures into patches of {Patch} x {Patch}, so height and width must be multiples of {Patch}; got {input}");
        return new Network(input, outputs, random);
    }

    private sealed class Network(Shape input, int outputs, RandomSource random) : Layer
    {
        private readonly Conv2d _patches = new(input[0], Width, Patch, stride: Patch, random: random);
        private readonly Parameter _classToken = NewToken(random);
        private readonly LearnedPositions _positions = new(input[1] / Patch * (input[2] / Patch) + 1, Width, random);
        private readonly TransformerEncoderLayer[] _layers =
            [.. Enumerable.Range(0, Layers).Select(_ => new TransformerEncoderLayer(Width, Heads, Hidden, dropout: 0, normFirst: true, gelu: true, random: random))];
        private readonly LayerNorm _norm = new(Width, epsilon: 1e-6f);
        private readonly Linear _classify = new(Width, outputs, random: random);

        public override Tensor Forward(Tensor x)                                      // [n, 3, 32, 32]
        {
            int batch = x.Shape[0];
            x = _patches.Forward(x).Reshape(batch, Width, -1).Permute(0, 2, 1);        // [n, 64, 192]
            x = Tensor.Concat(1, Tensor.Zeros([batch, 1, Width]) + _classToken, x);    // [n, 65, 192]
            x = _positions.Forward(x);
            foreach (var layer in _layers) x = layer.Forward(x);
            var token = _norm.Forward(x.Slice(1, 0, 1).Reshape(batch, Width));        // [n, 192]
            return _classify.Forward(token);                                          // [n, outputs] logits
        }

        private static Parameter NewToken(RandomSource random)
        {
            var token = Parameter.Zeros([1, 1, Width]);
            random.Normal(token.Span, 0, 0.02f);
            return token;
        }
    }
}
