using Gradus.Layers;
using Gradus.Ops;

namespace Gradus.Zoo;

/// <summary>Two 3x3 convolutions beside a shortcut: y = relu(bn2(conv2(relu(bn1(conv1 x)))) + shortcut x).</summary>
/// <remarks>He, Zhang, Ren and Sun 2016, https://arxiv.org/abs/1512.03385, figure 5 on the left.</remarks>
internal sealed class BasicBlock(int channels, int outputs, int stride, RandomSource random) : Layer
{
    private readonly Conv2d _conv1 = new(channels, outputs, 3, stride, new Padding2d(1, 1, 1, 1), bias: false, random: random);
    private readonly BatchNorm _bn1 = new(outputs);
    private readonly Conv2d _conv2 = new(outputs, outputs, 3, padding: new Padding2d(1, 1, 1, 1), bias: false, random: random);
    private readonly BatchNorm _bn2 = new(outputs);
    private readonly Sequential? _downsample = stride == 1 && channels == outputs
        ? null
        : new Sequential(new Conv2d(channels, outputs, 1, stride, bias: false, random: random), new BatchNorm(outputs));
    private readonly Relu _relu = new();

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        var body = _relu.Forward(_bn1.Forward(_conv1.Forward(x)));
        body = _bn2.Forward(_conv2.Forward(body));
        return _relu.Forward(body + (_downsample?.Forward(x) ?? x));
    }
}
