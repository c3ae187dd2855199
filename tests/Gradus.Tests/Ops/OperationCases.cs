using System.Reflection;
using Gradus.Ops;
using Gradus.Ops.Chains;

namespace Gradus.Tests.Ops;

/// <summary>All cases; each family has a file of its own.</summary>
internal static partial class OperationCases
{
    /// <summary>Operations without a case, and where they are tested instead.</summary>
    public static readonly Dictionary<Type, string> TestedElsewhere = new()
    {
        [typeof(Recurrent)] = "RecurrentLayersTests, RecurrentOnnxTests",
        [typeof(BlockedConvolutionPool)] = "a layout form that capture chooses: BlockedLayoutTests",
        [typeof(BlockedConvolution)] = "a layout form that capture chooses: BlockedLayoutTests, kernels in ConvolutionTests",
        [typeof(BlockedDepthwiseConvolution)] = "a layout form that capture chooses: BlockedLayoutTests, kernels in DepthwiseConvolutionTests",
        [typeof(BlockedTransposedConvolution)] = "a layout form that capture chooses: BlockedLayoutTests",
        [typeof(BlockedBatchNormalization)] = "a layout form that capture chooses: BlockedLayoutTests",
        [typeof(BlockedMaxPool2d)] = "a layout form that capture chooses: BlockedLayoutTests",
        [typeof(BlockedAveragePool2d)] = "a layout form that capture chooses: BlockedLayoutTests",
        [typeof(BlockedGlobalAveragePool)] = "a layout form that capture chooses: BlockedLayoutTests",
        [typeof(PackedConvolution)] = "has no gradient: InferencePlanTests",
        [typeof(PackWeights)] = "has no gradient: InferencePlanTests",
        [typeof(FoldedNormalization)] = "has no gradient: InferencePlanTests",
        [typeof(ToBlocked)] = "a layout form that capture chooses: BlockedLayoutTests",
        [typeof(FromBlocked)] = "a layout form that capture chooses: BlockedLayoutTests",
        [typeof(BlockedPRelu)] = "a layout form that capture chooses: BlockedLayoutTests",
        [typeof(ElementwiseChain)] = "what capture makes of other operations: FuseChainsTests",
        [typeof(Detach)] = "has no gradient: AutogradTests",
    };

    private static readonly Shape[] ElementwiseShapes = [[], [1], [0, 3], [7], [16], [3, 31], [2, 3, 5, 7], [8192 + 1213]];

    public static IReadOnlyDictionary<string, OperationCase> All => field ??= typeof(OperationCases) // when first asked for: the other files' statics come before
        .GetProperties(BindingFlags.NonPublic | BindingFlags.Static)
        .Where(property => property.PropertyType == typeof(IEnumerable<OperationCase>))
        .SelectMany(property => (IEnumerable<OperationCase>)property.GetValue(null)!)
        .ToDictionary(one => one.Name);

    private static Tensor Random(RandomSource random, Shape shape, float low = -2, float high = 2)
    {
        var tensor = Tensor.Zeros(shape);
        random.Uniform(tensor.Span, low, high);
        return tensor;
    }

    private static OperationCase Unary<TOperation>(
        Func<Tensor, Tensor> eager, Func<double, double> define, string? onnx, float low = -3, float high = 3, string? noOnnx = null) =>
        new(typeof(TOperation).Name, typeof(TOperation), ElementwiseShapes.Length, (variant, random) => new(
            [Random(random, ElementwiseShapes[variant], low, high)], x => eager(x[0]), x => x[0].Map(define), onnx is null ? null : new OnnxNode(onnx)), noOnnx);
}
