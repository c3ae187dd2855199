using Microsoft.ML.OnnxRuntime;

namespace Bench.Peers;

/// <summary>The ImageNet ResNet-18 of the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18 in ONNX Runtime, one picture.</summary>
[Runs("resnet-18", Side.Peer)]
internal sealed class OnnxResNet18 : Contender
{
    private readonly RunOptions _run = new();
    private InferenceSession _session = null!;
    private string[] _inputNames = null!, _outputNames = null!;
    private OrtValue[] _inputs = null!, _outputs = null!;

    public override void Prepare(Sizes sizes, int threads)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        _session = new InferenceSession(Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx"), options);
        var random = new Random(1);
        (_inputNames, _inputs) = Values(_session.InputMetadata, () => random.NextSingle());
        (_outputNames, _outputs) = Values(_session.OutputMetadata, () => 0);
    }

    public override void Step() => _session.Run(_run, _inputNames, _inputs, _outputNames, _outputs);

    private static (string[] Names, OrtValue[] Values) Values(IReadOnlyDictionary<string, NodeMetadata> metadata, Func<float> next) =>
        ([.. metadata.Keys], [.. metadata.Values.Select(one =>
        {
            long[] shape = [.. one.Dimensions.Select(size => (long)Math.Max(1, size))]; // an open dimension is the batch: 1
            var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
            foreach (ref float value in values.AsSpan()) value = next();
            return OrtValue.CreateTensorValueFromMemory(values, shape);
        })]);

    public override void Dispose()
    {
        foreach (var value in _inputs.Concat(_outputs)) value.Dispose();
        _session.Dispose();
        _run.Dispose();
        base.Dispose();
    }
}
