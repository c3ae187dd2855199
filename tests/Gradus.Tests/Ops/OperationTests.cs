using Gradus.Graph;
using Gradus.Kernels;
using Gradus.Onnx;
using Gradus.Ops;
using Gradus.Tests.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace Gradus.Tests.Ops;

/// <summary>Every operation of the table: forward and gradients against its definition in double precision, and ONNX Runtime.</summary>
[Collection(nameof(ThreadCounts))]
public class OperationTests(ITestOutputHelper output)
{
    private const int ElementByElement = 600; // elements of all inputs: each costs two evaluations of the definition

    public static TheoryData<string> Names => new(OperationCases.All.Keys);

    [Theory, MemberData(nameof(Names))]
    public void Forward_agrees_with_the_definition(string name)
    {
        foreach (var (label, problem) in Problems(name))
        {
            var actual = problem.Eager(problem.Inputs);
            var expected = problem.Define(Array.ConvertAll(problem.Inputs, DoubleTensor.From));
            Assert.True(Shape.Of(expected.Sizes) == actual.Shape, $"{label}: shape {actual.Shape}, not {Shape.Of(expected.Sizes)}");
            Close(expected.Values, actual.ToArray(), 1e-5, label);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Gradients_agree_with_differences_of_the_definition(string name)
    {
        foreach (var (label, problem) in Problems(name))
        {
            var weights = Differentiate(problem);
            var inputs = Array.ConvertAll(problem.Inputs, DoubleTensor.From);
            for (int input = 0; input < problem.Differentiable; input++)
            {
                var (x, gradient) = (inputs[input].Values, problem.Inputs[input].Gradient!.ToArray());
                string place = $"{label}, input {input}";
                if (inputs.Sum(one => one.Values.Length) <= ElementByElement)
                    Close([.. Enumerable.Range(0, x.Length).Select(i => Slope(x, j => j == i ? 1 : 0, 1e-5))], gradient, 1e-4, place);
                else
                    AlongADirection(x, gradient, place);
            }

            double Slope(double[] x, Func<int, double> direction, double step)
            {
                double[] values = [.. x];
                for (int i = 0; i < x.Length; i++) x[i] = values[i] + step * direction(i);
                double above = Loss();
                for (int i = 0; i < x.Length; i++) x[i] = values[i] - step * direction(i);
                double below = Loss();
                values.CopyTo(x, 0);
                return (above - below) / (2 * step);
            }

            // Every element counts, for two evaluations of the definition; the step is short because among many elements some lie near a kink.
            void AlongADirection(double[] x, float[] gradient, string place)
            {
                float[] direction = new float[x.Length];
                new RandomSource(8).Uniform(direction, -1, 1);
                double actual = 0, scale = 0;
                for (int i = 0; i < x.Length; i++)
                {
                    actual += gradient[i] * direction[i];
                    scale += Math.Abs(gradient[i] * direction[i]);
                }

                double expected = Slope(x, i => direction[i], 1e-6);
                Assert.True(Math.Abs(actual - expected) <= 1e-5 * scale, $"{place} along a direction: {actual} against {expected}");
            }

            double Loss() => problem.Define(inputs).Values.Select((value, i) => value * weights[i]).Sum();
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Forward_agrees_with_ONNX_Runtime(string name)
    {
        int compared = 0;
        foreach (var (label, problem) in Problems(name))
        {
            if (problem.Onnx is not { } node) continue;
            Close(Array.ConvertAll(Onnx(problem.Inputs, node), value => (double)value), problem.Eager(problem.Inputs).ToArray(), 3e-5, label); // both sides round
            compared++;
        }

        Assert.Equal(OperationCases.All[name].NoOnnx is null, compared > 0);
    }

    [Theory, MemberData(nameof(Names))]
    public void Results_have_the_same_bits_on_one_and_two_threads(string name)
    {
        int threads = Workers.Threads;
        try
        {
            Assert.Equal(Bits(1), Bits(2));
        }
        finally
        {
            Workers.Threads = threads;
        }

        List<float[]> Bits(int count)
        {
            Workers.Threads = count;
            List<float[]> results = [];
            foreach (var (_, problem) in Problems(name))
            {
                results.Add(problem.Eager(problem.Inputs).ToArray());
                Differentiate(problem);
                results.AddRange(problem.Inputs[..problem.Differentiable].Select(input => input.Gradient!.ToArray()));
            }

            return results;
        }
    }

    [Fact]
    public void Every_operation_has_a_case_or_a_reason()
    {
        var operations = typeof(Operation).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Operation)) && !type.IsAbstract).OrderBy(type => type.Name).ToArray();
        output.WriteLine($"{"operation",-30} {"forward",-9} {"gradient",-9} ONNX Runtime");
        List<string> missing = [];
        foreach (var operation in operations)
        {
            var cases = OperationCases.All.Values.Where(one => one.Operation == operation).ToArray();
            if (cases.Length > 0) output.WriteLine($"{operation.Name,-30} {"yes",-9} {"yes",-9} {cases[0].NoOnnx ?? "yes"}");
            else if (OperationCases.TestedElsewhere.TryGetValue(operation, out string? where)) output.WriteLine($"{operation.Name,-30} {where}");
            else missing.Add(operation.Name);
        }

        Assert.True(missing.Count == 0, $"operations without a case: {string.Join(", ", missing)}");
    }

    private static IEnumerable<(string Label, OperationProblem Problem)> Problems(string name)
    {
        var one = OperationCases.All[name];
        for (int variant = 0; variant < one.Variants; variant++)
        {
            var problem = one.Make(variant, new RandomSource((ulong)(100 + variant)));
            yield return ($"{name}, variant {variant}: {string.Join(", ", problem.Inputs.Select(input => input.Shape))}", problem);
        }
    }

    /// <summary>Fills the gradients of the sum of output times random weights; returns the weights.</summary>
    private static float[] Differentiate(OperationProblem problem)
    {
        if (problem.Differentiable == 0) return [];
        foreach (var input in problem.Inputs[..problem.Differentiable]) (input.RequiresGradient, input.Gradient) = (true, null);
        var result = problem.Eager(problem.Inputs);
        var weights = Tensor.Zeros(result.Shape);
        new RandomSource(7).Uniform(weights.Span, -1, 1);
        (result * weights).Sum().Backward();
        return weights.ToArray();
    }

    private static float[] Onnx(Tensor[] inputs, OnnxNode node)
    {
        Tensor[] floats = [.. inputs, .. node.Constants];
        ModelInput[] declared =
        [
            .. node.Conditions.Select(condition => new ModelInput(condition.Shape, IsBoolean: true)), .. floats.Select(input => new ModelInput(input.Shape)),
            .. node.Integers.Select(values => new ModelInput([values.Length], IsInteger: true)),
        ];
        using var session = new InferenceSession(OneNodeModel.Create(node.Operation, declared, node.Attributes, node.OperatorSet, outputs: node.Outputs, givesBooleans: node.GivesBooleans));
        using var run = new RunOptions();
        OrtValue[] values =
        [
            .. node.Conditions.Select(condition => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(condition.ToArray(), value => value != 0), Sizes(condition))),
            .. floats.Select(input => OrtValue.CreateTensorValueFromMemory(input.ToArray(), Sizes(input))),
            .. node.Integers.Select(whole => OrtValue.CreateTensorValueFromMemory(whole, [whole.Length])),
        ];
        using var results = session.Run(run, [.. values.Select((_, place) => $"x{place}")], values, session.OutputNames);
        foreach (var value in values) value.Dispose();
        return node.GivesBooleans
            ? Array.ConvertAll(results[node.Output].GetTensorDataAsSpan<bool>().ToArray(), value => value ? 1f : 0)
            : results[node.Output].GetTensorDataAsSpan<float>().ToArray();

        static long[] Sizes(Tensor tensor) => [.. tensor.Shape.Select(size => (long)size)];
    }

    /// <summary>Relative to the greatest value: rounding errors of sums are of its order.</summary>
    private static void Close(double[] expected, float[] actual, double tolerance, string label)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Length == 0 ? 0 : expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        for (int i = 0; i < expected.Length; i++)
        {
            bool close = double.IsFinite(expected[i]) ? Math.Abs(expected[i] - actual[i]) <= tolerance * scale + 1e-8 : expected[i].Equals(actual[i]);
            Assert.True(close, $"{label} [{i}]: {actual[i]} against {expected[i]}");
        }
    }
}
