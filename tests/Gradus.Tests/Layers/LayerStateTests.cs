using Gradus.Formats;
using Gradus.Layers;
using Gradus.Ops;
using Linear = Gradus.Layers.Linear;
using Relu = Gradus.Layers.Relu;

namespace Gradus.Tests.Layers;

public class LayerStateTests
{
    [Fact]
    public void Names_are_those_of_PyTorch()
    {
        Assert.Equal(
            [
                "weight_ih_l0", "weight_ih_l1", "skip_connection", // a layer's own come before its children's, as in PyTorch
                "conv1.weight", "conv1.bias", "blocks.0.weight", "blocks.1.weight",
                "layer1.0.weight", "layer1.0.bias", "layer1.2.weight", "final.weight",
            ],
            new Named().NamedParameters().Select(named => named.Name));
        Assert.Equal(["layer1.0.running_mean", "layer1.0.running_var"], new Named().NamedBuffers().Select(named => named.Name));
    }

    [Fact]
    public void A_shared_parameter_counts_once()
    {
        var linear = new Linear(2, 2);
        Assert.Equal(["0.weight", "0.bias"], new Sequential(linear, linear).NamedParameters().Select(named => named.Name));
    }

    [Fact]
    public void Layers_without_a_source_get_different_weights()
    {
        Assert.NotEqual(new Linear(3, 3).Weight.ToArray(), new Linear(3, 3).Weight.ToArray());
        Assert.Equal(new Linear(3, 3, random: new RandomSource(4)).Weight.ToArray(), new Linear(3, 3, random: new RandomSource(4)).Weight.ToArray());
    }

    [Fact]
    public void A_file_of_another_model_is_refused_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var model = new Linear(2, 3);
        var before = model.Weight.ToArray();
        Refused([("weight", Tensor.Ones([3, 2]))], "no tensor 'bias'");
        Refused([("weight", Tensor.Ones([3, 2])), ("bias", Tensor.Ones([4]))], "'bias' is [4]");
        Refused([("weight", Tensor.Ones([3, 2])), ("bias", Tensor.Ones([3])), ("other", Tensor.Ones([1]))], "'other'");

        void Refused((string, Tensor)[] tensors, string message)
        {
            Safetensors.Write(folder["other.safetensors"], tensors);
            Assert.Contains(message, Assert.Throws<InvalidDataException>(() => model.Load(folder["other.safetensors"])).Message);
            Assert.Equal(before, model.Weight.ToArray());
        }
    }

    [Fact]
    public void Same_padding_refuses_a_stride() => Assert.Throws<ArgumentException>(() => new Conv2d(1, 1, 3, stride: 2, same: true));

    private sealed class Named : Layer
    {
        private readonly Layer _conv1 = new Conv2d(1, 2, 1);
        private readonly List<Layer> _blocks = [new Linear(1, 1, bias: false), new Linear(1, 1, bias: false)];

        [StateName("weight_ih_l{0}")]
        private readonly Parameter[] _inputWeights = [new([1]), new([1])];

        public Sequential Layer1 { get; } = new(new BatchNorm(2), new Relu(), new Linear(1, 1, bias: false));

        public Parameter SkipConnection { get; } = new([1]);

        [StateName("final")]
        public Layer Last { get; } = new Linear(1, 1, bias: false);

        public override Tensor Forward(Tensor x) => _blocks[0].Forward(_conv1.Forward(x)) * _inputWeights[0];
    }
}
