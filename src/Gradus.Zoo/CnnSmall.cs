using Gradus.Layers;

namespace Gradus.Zoo;

/// <summary>Two convolutions and a hidden layer: the network of the README's first command. It adapts to other sizes of pictures, 4x4 and up.</summary>
public sealed class CnnSmall : Architecture
{
    /// <inheritdoc/>
    public override string Name => "cnn-small";

    /// <inheritdoc/>
    public override string Description => "two 3x3 convolutions of 16 and 32 channels, hidden layer of 128: 92 % on Fashion-MNIST";

    /// <inheritdoc/>
    public override Shape Input => [1, 28, 28];

    /// <inheritdoc/>
    public override int Outputs => 10;

    /// <inheritdoc/>
    public override TrainingDefaults Defaults => new() { Epochs = 8, Batch = 64, LearningRate = 3e-3f };

    /// <inheritdoc/>
    protected override Layer Create(Shape input, int outputs, RandomSource random)
    {
        int height = Slide(Slide(input[1], 2, stride: 2), 2, stride: 2), width = Slide(Slide(input[2], 2, stride: 2), 2, stride: 2);
        return new Network(input[0], height * width, outputs, random);
    }

    private sealed class Network(int channels, int area, int outputs, RandomSource random) : Layer
    {
        private readonly Conv2d _conv1 = new(channels, 16, 3, same: true, random: random);
        private readonly Conv2d _conv2 = new(16, 32, 3, same: true, random: random);
        private readonly Linear _fc1 = new(32 * area, 128, random: random);
        private readonly Linear _fc2 = new(128, outputs, random: random);
        private readonly Dropout _dropout = new(0.2f, new RandomSource(random.Seed + 1));
        private readonly MaxPool2d _pool = new(2);
        private readonly Relu _relu = new();
        private readonly Flatten _flatten = new();

        public override Tensor Forward(Tensor x)                         // [n, 1, 28, 28]
        {
            x = _pool.Forward(_relu.Forward(_conv1.Forward(x)));         // [n, 16, 14, 14]
            x = _pool.Forward(_relu.Forward(_conv2.Forward(x)));         // [n, 32, 7, 7]
            x = _flatten.Forward(x);                                     // [n, 1568]
            x = _dropout.Forward(_relu.Forward(_fc1.Forward(x)));        // [n, 128]
            return _fc2.Forward(x);                                      // [n, 10] logits
        }
    }
}
