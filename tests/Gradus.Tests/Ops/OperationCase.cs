using Gradus.Onnx;

namespace Gradus.Tests.Ops;

/// <summary>An operation with everything that its three tests need.</summary>
/// <param name="Name">Of the case: one operation may have several.</param>
/// <param name="Operation">The type of the operation.</param>
/// <param name="Variants">How many different problems <paramref name="Make"/> knows.</param>
/// <param name="Make">The problem of a variant, with random numbers from the source.</param>
/// <param name="NoOnnx">Why there is no ONNX node to compare with; null if each problem has one.</param>
internal sealed record OperationCase(string Name, Type Operation, int Variants, Func<int, RandomSource, OperationProblem> Make, string? NoOnnx = null);

/// <summary>Inputs, and three ways to say what is computed from them.</summary>
/// <param name="Inputs">The float inputs.</param>
/// <param name="Eager">The operation under test.</param>
/// <param name="Define">Its plain definition in double precision.</param>
/// <param name="Onnx">The same as an ONNX node.</param>
internal sealed record OperationProblem(Tensor[] Inputs, Func<Tensor[], Tensor> Eager, Func<DoubleTensor[], DoubleTensor> Define, OnnxNode? Onnx = null)
{
    /// <summary>How many of the inputs, from the first, get a gradient.</summary>
    public int Differentiable { get; init; } = Inputs.Length;
}

/// <summary>An ONNX node over conditions, the problem's inputs, constants, and whole numbers (axes, labels), in this order.</summary>
internal sealed record OnnxNode(string Operation, Dictionary<string, object>? Attributes = null, params long[][] Integers)
{
    /// <summary>Truth values, 0 and 1.</summary>
    public Tensor[] Conditions { get; init; } = [];

    /// <summary>Floats that the operation takes as settings.</summary>
    public Tensor[] Constants { get; init; } = [];

    /// <summary>How many outputs the node has.</summary>
    public int Outputs { get; init; } = 1;

    /// <summary>Which of them is compared.</summary>
    public int Output { get; init; }

    /// <summary>True if the output is truth values.</summary>
    public bool GivesBooleans { get; init; }

    /// <summary>The version of the standard operators.</summary>
    public int OperatorSet { get; init; } = OneNodeModel.DefaultOperatorSet;
}
