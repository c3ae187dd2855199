using Gradus.Ops;

namespace Gradus.Tests.Ops;

/// <summary>What does not fit is refused in one line that names it.</summary>
public class RefusedInputTests
{
    private static readonly Tensor Picture = Tensor.Zeros([2, 6, 4, 5]);

    public static readonly TheoryData<string, Action> Refused = new()
    {
        { "gain and bias of layer normalisation over the last 1 axes of [2, 6, 4, 5] must be [5]; got [4]", () => Picture.LayerNormalize(Tensor.Ones([4]), null) },
        { "layer normalisation over the last 5 axes does not fit [2, 6, 4, 5]: use 1 to 4", () => Picture.LayerNormalize(null, null, axes: 5) },
        { "4 groups do not divide the 6 channels of [2, 6, 4, 5]", () => Picture.GroupNormalize(4, null, null) },
        { "expects sequences [n, channels, length]; got [2, 6, 4, 5]", () => Picture.Convolve1d(Tensor.Ones([1, 6, 3]), null) },
        { "expects [n, 3, h, w]; got [2, 6, 4, 5]", () => Picture.TransposedConvolve2d(Tensor.Ones([3, 2, 2, 2]), null, 2) },
        { "the output padding 2x2 must be smaller than the stride 2x2", () => Picture.TransposedConvolve2d(Tensor.Ones([6, 2, 2, 2]), null, 2, outputPadding: 2) },
        { "nothing is left of pictures [2, 6, 4, 5]", () => Picture.TransposedConvolve2d(Tensor.Ones([6, 2, 2, 2]), null, 1, padding: 3) },
        { "adaptive pooling of [2, 6, 4, 5] to 0x3", () => Picture.AdaptiveMaxPool2d(new Size2d(0, 3)) },
        { "at least one pixel; got [2, 6, 0, 5]", () => Tensor.Zeros([2, 6, 0, 5]).AdaptiveAveragePool2d(1) },
        { "up-sampling expects pictures [n, c, h, w]; got [2, 6]", () => Tensor.Zeros([2, 6]).UpsampleNearest(3) },
        { "spatial dropout expects [n, c, ...] of at least three axes; got [2, 6]", () => Tensor.Zeros([2, 6]).SpatialDropout(0.5f, new RandomSource(1)) },
    };

    [Theory, MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void The_message_names_the_thing_and_the_shapes(string message, Action compute)
    {
        string actual = Assert.Throws<ShapeException>(compute).Message;
        Assert.Contains(message, actual, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', actual);
    }
}
