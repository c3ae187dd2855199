using Gradus.Graph;
using Gradus.Ops;
using Gradus.Tests.Kernels;

namespace Gradus.Tests.Ops;

/// <summary>A step of all operations, captured: nothing is allocated once it is warm, and the values are those of eager computation.</summary>
[Collection(nameof(ThreadCounts))] // counts the bytes that the whole process allocates: nothing may run beside it
public class OperationReplayTests
{
    private static readonly IntTensor Labels = new(1, 0, 2, 3);

    private static readonly IntTensor Pairs = new(0, 0, 1, 1), Lengths = new(63, 5, 20, 0), Steps = new(27, 5, 20, 0), Tags = new([.. Enumerable.Range(0, 4 * 63).Select(i => i % 3)], [4, 63]);

    private static readonly IntTensor Words = new([1, 2, 2, 1, 1, -1, 2, -1, -1, -1, -1, -1], [4, 3]);
    private static readonly IntTensor MixedLabels = new([1, 0, MixedLabel.Whole / 4, 0, 5, 0, 2, 2, MixedLabel.Whole, 3, 1, MixedLabel.Whole / 2], [4, 3]);

    private static readonly RandomSource Source = new(1);

    [Theory, MemberData(nameof(Groups))]
    public void A_warm_step_allocates_nothing_and_agrees_with_eager(string group)
    {
        var loss = Losses[group];
        Tensor[] parameters = [Parameter([4, 3, 9, 7], 1), Parameter([6, 3, 3, 2], 2), Parameter([6], 3), Parameter([3], 4, 0.5f), Parameter([3], 5)];
        var (mean, variance) = (Tensor.Zeros([3]), Tensor.Ones([3]));
        loss([.. parameters, mean, variance]).Backward();
        var expected = parameters.Select(one => one.Gradient?.ToArray()).ToArray();
        var step = CapturedStep.Of((_, _) =>
        {
            foreach (var parameter in parameters) parameter.Gradient = null;
            var result = loss([.. parameters, mean, variance]);
            result.Backward();
            return [result];
        });
        Tensor[] inputs = [Tensor.Ones([1])];
        IntTensor[] integers = [];
        step.Run(inputs, integers);
        Assert.Null(step.Obstacle);
        foreach (var (gradient, parameter) in expected.Zip(parameters))
        {
            for (int i = 0; i < (gradient?.Length ?? 0); i++) Assert.Equal(gradient![i], parameter.Gradient!.Span[i], 1e-4f);
        }

        Assert.Equal(0, Allocation.OfWarm(() => step.Run(inputs, integers)));
    }

    public static TheoryData<string> Groups => new(Losses.Keys);

    // inputs: pictures [4, 3, 9, 7], weight [6, 3, 3, 2], bias [6], gain [3], shift [3], running mean [3], running variance [3]
    private static readonly Dictionary<string, Func<Tensor[], Tensor>> Losses = new()
    {
        ["convolution"] = x => x[0].Convolve2d(x[1], x[2], new Size2d(2, 1), new Padding2d(1, 0, 0, 2), 1, 1).Relu().Mean(),
        ["grouped convolution"] = x => x[0].Convolve2d(x[1].Slice(1, 0, 1), x[2], 1, 1, new Size2d(2, 1), 3).Mean(),
        ["depthwise convolution"] = x => x[0].Convolve2d(x[1].Slice(1, 0, 1).Slice(0, 0, 3), x[2].Slice(0, 0, 3), 2, 1, 1, 3).Mean(),
        ["convolution of sequences"] = x => x[0].Reshape(4, 3, 63).Convolve1d(x[1].Reshape(6, 3, 6), x[2], 2, 1, 2, 2).Mean(),
        ["transposed convolution"] = x => x[0].TransposedConvolve2d(x[1].Slice(0, 0, 3), x[3], 2, 1, new Size2d(1, 0)).Mean(),
        ["adaptive pooling and up-sampling"] = x =>
            x[0].AdaptiveAveragePool2d(new Size2d(4, 3)).Sum() + x[0].AdaptiveMaxPool2d(2).Sum() + x[0].UpsampleNearest(13).Sum() + x[0].UpsampleBilinear(new Size2d(5, 17)).Sum(),
        ["normalization of samples"] = x => ((x[0].LayerNormalize(null, null, axes: 2) + x[0].Permute(0, 2, 3, 1).LayerNormalize(x[3], x[4]).Sum() + x[0].InstanceNormalize(x[3], x[4])) * x[0]).Mean(),
        ["losses of elements"] = x => x[0].AbsoluteError(x[0].Tanh()) + x[0].Huber(x[0].Exp()) + x[0].LogSoftmax().KullbackLeiblerDivergence(x[0].Softmax()) + x[0].Hinge(x[0].Sigmoid()) + x[0].FocalLoss(x[0].Sigmoid()),
        ["losses of rows"] = x =>
        {
            Tensor rows = x[0].Reshape(4, 189), other = rows.Tanh();
            return rows.CrossEntropy(Labels, other.Max(0).Exp(), 0.1f, ignored: 2) + rows.MultiClassHinge(Labels) + rows.ContrastivePairs(other, Labels) + rows.MinedTriplets(Pairs, 1, TripletMining.BatchHard)
                + rows.MinedTriplets(Pairs, 1, TripletMining.SemiHard) + (other * 0.9f).AngularMargin(Labels, 8, 0.4f, 0.1f).Mean();
        },
        ["losses of sequences"] = x =>
        {
            var steps = x[0].Reshape(4, 63, 3);
            return steps.LinearChainNegativeLogLikelihood(x[1].Reshape(36, 3).Slice(0, 0, 3), x[3], x[4], Tags, Lengths).Mean() + steps.ConnectionistTemporalClassification(Words, Lengths).Mean();
        },
        ["pooling"] = x => (x[0].MaxPool2d(3, 2, 1).Sum() + x[0].AveragePool2d(2).Sum() + x[0].GlobalAveragePool().Sum()),
        ["normalization"] = x => (x[0].BatchNormalize(x[3], x[4], x[5], x[6], training: true) * x[0]).Mean(),
        ["normalization, evaluation"] = x => (x[0].BatchNormalize(x[3], x[4], x[5], x[6], training: false) * x[0]).Mean(),
        ["products"] = x => x[0].MatMul(x[0], transposeA: true).MatMul(Tensor.Ones([3, 7, 5])).Mean() + x[0].Linear(x[0].Slice(0, 0, 1).Reshape(27, 7), null).Mean(),
        ["element-wise"] = x => (((x[0] * x[2].Slice(0, 0, 1) - x[0] / x[3].Reshape(3, 1, 1)) * 2 + 1).Tanh().Sigmoid().Gelu() + (x[0].Exp() + 1f).Log().Sqrt()).Mean(),
        ["reductions"] = x => (x[0].Sum(0, 2) * x[0].Max(1, 3).Sum() + x[0].Mean([0, 2], keepAxes: true).Sum()).Mean(),
        ["shapes"] = x => Tensor.Concat(-1, x[0].Permute(3, 1, 0, 2).Slice(0, 1, 3, 2), x[0].Slice(3, 0, 3).Permute(3, 1, 0, 2)).Softmax(1).LogSoftmax().Mean(),
        ["losses"] = x => x[0].Reshape(4, -1).CrossEntropy(Labels) + x[0].MeanSquaredError(x[0].Tanh()) + x[0].BinaryCrossEntropyWithLogits(x[0].Sigmoid().Detach()),
        ["attention"] = x => x[0].Attention(x[0].Tanh(), x[0] * 2, new AttentionOptions { Causal = true, DropoutRate = 0 }).Mean(),
        ["attention with weights"] = x => (x[0].Reshape(4, 27, 7).AdditiveScores(x[0].Reshape(4, 27, 7).Sigmoid(), x[1].Reshape(108).Slice(0, 0, 7)).MaskedSoftmax(Steps) * x[0].Reshape(4, 27, 7).MatMul(x[0].Reshape(4, 27, 7), transposeB: true)).Mean(),
        ["losses of mixed labels"] = x => x[0].Reshape(4, -1).MixedCrossEntropy(MixedLabels),
        ["dropout of channels"] = x => x[0].SpatialDropout(0, Source).Mean(),
        ["powers"] = x => (x[0].Square().Pow(1.5f) + x[0].Pow(3) + (x[0].Abs() + 0.5f).Pow(x[4].Reshape(3, 1, 1)) + 1 / (x[0].Square() + 1)).Mean(),
        ["choices"] = x => (Tensor.Where(x[0] > 0.1f, x[0], x[4].Reshape(3, 1, 1)) * x[0].Clamp(-0.5f, 0.5f) + x[0].Minimum(x[3].Reshape(3, 1, 1)) * x[0].Maximum(x[0].Sigmoid() - 0.5f)).Mean(),
        ["activations"] = x => (x[0].LeakyRelu().Elu().GeluTanh().Silu() + x[0].PRelu(x[3]).Softplus().HardSwish()).Mean(),
        ["moments"] = x => (x[0].Variance(0, 2) * x[0].LogSumExp(1, 3).Sum() + x[0].Variance([1], keepAxes: true, correction: 1).Sum() * x[0].Min(1, 2).Sum()).Mean(),
        ["padding and parts"] = x => x[0].Pad(new Padding2d(1, 2, 0, 3), PaddingMode.Reflect).Pad([(0, 1), (2, 0), (0, 0), (1, 1)], PaddingMode.Replicate).Split([2, 4, 8], -1)[2].Square().Mean()
            + x[0].Pad(2).Split(13, 2)[3].Mean(),
        ["look-up"] = x => x[0].Gather(0, Labels).Square().Mean() + x[0].Reshape(12, 63).Embed(Tensor.From(3f, 3, 0, 11), padding: 0).Square().Mean(),
        ["dropout"] = x => x[0].Dropout(0, Source).Mean(), // rate 0: eager and replay draw different masks
    };

    private static Tensor Parameter(Shape shape, ulong seed, float low = -1)
    {
        var tensor = Tensor.Zeros(shape);
        tensor.RequiresGradient = true;
        new RandomSource(seed).Uniform(tensor.Span, low, 1);
        return tensor;
    }
}
