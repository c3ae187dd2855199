using System.Diagnostics;
using System.Runtime.Intrinsics;
using Gradus;
using Gradus.Aot.Smoke;
using Gradus.Graph;
using Gradus.Losses;
using Gradus.Zoo;

// What only reflection reaches is what native AOT can lose: the list of architectures, the fields of layers, checkpoints' JSON.
// .ci/run compares this output under the just-in-time compiler and natively compiled: both must print the same.
const int Samples = 16, Steps = 5;

Console.WriteLine(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0);
foreach (var architecture in Architectures.All) Console.WriteLine($"{architecture.Name}: {architecture.Build(new RandomSource(0)).NamedParameters().Count} parameters");
foreach (string name in new[] { "cnn-small", "resnet-20", "text-lstm" })
{
    var architecture = Architectures.Get(name);
    Train(name, architecture.Input, architecture.Outputs, architecture.Build);
}

Train("own", [6], 3, random => new OwnLayer(random));

static void Train(string name, Shape input, int outputs, Func<RandomSource, Layer> build)
{
    var model = build(new RandomSource(1));
    var x = Tensor.Zeros(Shape.Of([Samples, .. input.Sizes]));
    new RandomSource(2).Normal(x.Span);
    var labels = new IntTensor([.. Enumerable.Range(0, Samples).Select(i => i % outputs)]);
    var step = TrainingStep.Capture(model, CrossEntropy.Of, new Adam(model.Parameters, learningRate: 1e-3f));
    for (int i = 0; i < Steps; i++) Console.WriteLine($"{name}: loss {step.Run(x, labels):R}");
    Console.WriteLine($"{name}: {step.Obstacle ?? "captured"}");
    long start = Stopwatch.GetTimestamp();
    step.Run(x, labels);
    Console.Error.WriteLine($"{name}: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.00} ms a step"); // not for comparison

    string file = Path.Combine(Path.GetTempPath(), $"gradus-smoke-{Environment.ProcessId}.safetensors");
    model.Save(file);
    var loaded = build(new RandomSource(3));
    loaded.Load(file);
    File.Delete(file);
    foreach (var (key, parameter) in loaded.NamedParameters()) Console.WriteLine($"{name}: {key} {parameter.Shape}");
    foreach (var (key, buffer) in loaded.NamedBuffers()) Console.WriteLine($"{name}: {key} {buffer.Shape}");
    model.Evaluate();
    loaded.Evaluate();
    using var off = GradientMode.Off();
    Console.WriteLine($"{name}: {(model.Forward(x).Span.SequenceEqual(loaded.Forward(x).Span) ? "the same" : "DIFFERENT")} after loading");
}
