using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>Stem, stages of residual blocks, global average, dense layer. Each stage after the first halves the picture.</summary>
/// <param name="stem">The first convolution.</param>
/// <param name="stemPool">A pool after the stem, or none.</param>
/// <param name="widths">The channels of each stage; the stem gives the first.</param>
/// <param name="blocks">Blocks in a stage.</param>
/// <param name="outputs">The number of classes.</param>
/// <param name="random">Where the weights come from.</param>
internal sealed class ResidualNetwork(Conv2d stem, MaxPool2d? stemPool, int[] widths, int blocks, int outputs, RandomSource random) : Layer
{
    [StateName("conv1")]
    private readonly Conv2d _stem = stem;
    [StateName("bn1")]
    private readonly BatchNorm _stemNorm = new(widths[0]);
    private readonly Relu _relu = new();
    private readonly MaxPool2d? _pool = stemPool;
    [StateName("layer{0}")]
    private readonly Stage[] _stages = Stages(widths, blocks, random);
    private readonly GlobalAveragePool2d _average = new();
    private readonly Flatten _flatten = new();
    [StateName("fc")]
    private readonly Linear _classify = new(widths[^1], outputs, random: random);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)                                  // [n, 3, 224, 224]
    {
        x = _relu.Forward(_stemNorm.Forward(_stem.Forward(x)));               // [n, 64, 112, 112]
        if (_pool is not null) x = _pool.Forward(x);                          // [n, 64, 56, 56]
        for (int i = 1; i < _stages.Length; i++) x = _stages[i].Forward(x);   // [n, 512, 7, 7] at last
        return _classify.Forward(_flatten.Forward(_average.Forward(x)));      // [n, 1000] logits
    }

    // torchvision counts stages from 1; the empty stage 0 has no parameters, so no name is seen of it.
    private static Stage[] Stages(int[] widths, int blocks, RandomSource random)
    {
        var stages = new Stage[widths.Length + 1];
        stages[0] = new Stage([]);
        for (int i = 0; i < widths.Length; i++)
        {
            var stage = new BasicBlock[blocks];
            for (int j = 0; j < blocks; j++)
                stage[j] = new BasicBlock(j == 0 && i > 0 ? widths[i - 1] : widths[i], widths[i], j == 0 && i > 0 ? 2 : 1, random);
            stages[i + 1] = new Stage(stage);
        }

        return stages;
    }

    private sealed class Stage(BasicBlock[] blocks) : Layer
    {
        [StateName("")]
        private readonly BasicBlock[] _blocks = blocks;

        public override Tensor Forward(Tensor x)
        {
            foreach (var block in _blocks) x = block.Forward(x);
            return x;
        }
    }
}
