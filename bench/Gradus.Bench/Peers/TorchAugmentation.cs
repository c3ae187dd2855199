using TorchSharp;
using static TorchSharp.torch;

namespace Bench.Peers;

/// <summary>The same in torchvision's own operations, picture by picture: each has draws of its own.</summary>
[Runs("augmentation", Side.Peer)]
internal sealed class TorchAugmentation : TorchContender
{
    private readonly Random _random = new(1);
    private Tensor _pictures = null!;
    private int _side;

    protected override void Build(Sizes sizes) =>
        (_side, _pictures) = (sizes["side"], rand(sizes["batch"], sizes["channels"], sizes["side"], sizes["side"]));

    protected override void Work()
    {
        using var guard = inference_mode();
        var changed = new Tensor[_pictures.shape[0]];
        for (int i = 0; i < changed.Length; i++) changed[i] = Change(_pictures[i].unsqueeze(0));
        cat(changed);
    }

    private Tensor Change(Tensor picture)
    {
        const int Padding = 4;
        picture = torchvision.transforms.functional.rotate(picture, Between(-15, 15), InterpolationMode.Bilinear);
        picture = nn.functional.pad(picture, [Padding, Padding, Padding, Padding]);
        picture = torchvision.transforms.functional.crop(picture, _random.Next(2 * Padding + 1), _random.Next(2 * Padding + 1), _side, _side);
        picture = torchvision.transforms.functional.adjust_brightness(picture, Between(0.8f, 1.2f));
        picture = torchvision.transforms.functional.adjust_contrast(picture, Between(0.8f, 1.2f));
        picture = torchvision.transforms.functional.adjust_saturation(picture, Between(0.8f, 1.2f));
        return torchvision.transforms.functional.adjust_hue(picture, Between(-0.05f, 0.05f)); // of a full turn: 18 degrees
    }

    private float Between(float low, float high) => low + (high - low) * _random.NextSingle();
}
