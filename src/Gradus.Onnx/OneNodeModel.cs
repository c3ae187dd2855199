using global::Onnx;
using Google.Protobuf;

namespace Gradus.Onnx;

/// <summary>An input of a model: a tensor of floats, of 64-bit whole numbers (axes, labels), or of truth values (conditions).</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="IsInteger">True for 64-bit whole numbers.</param>
/// <param name="IsBoolean">True for truth values.</param>
public readonly record struct ModelInput(Shape Shape, bool IsInteger = false, bool IsBoolean = false);

/// <summary>Writes ONNX models of a single node, so that one operation can be compared with another runtime's.</summary>
/// <remarks>The inputs are called <c>x0</c>, <c>x1</c>, ..., the outputs <c>y0</c>, ... Operators: https://onnx.ai/onnx/operators/.</remarks>
public static class OneNodeModel
{
    /// <summary>The operator set in which the model speaks unless another is asked for.</summary>
    public const int DefaultOperatorSet = 20;

    private const int IrVersion = 9, LaterIrVersion = 11; // the first that know operator sets 20 and 23

    /// <summary>A model of one node.</summary>
    /// <param name="operation">The operator: <c>Conv</c>, <c>ReduceMax</c>.</param>
    /// <param name="inputs">All inputs in order.</param>
    /// <param name="attributes">Attributes by name: <see cref="long"/> or <see cref="int"/>, <see cref="float"/>, <see cref="string"/>, or an array of whole numbers or strings.</param>
    /// <param name="operatorSet">The version of the standard operators.</param>
    /// <param name="outputs">How many outputs the node has, at least 1; all are floats, or truth values.</param>
    /// <param name="givesBooleans">True if the outputs are truth values.</param>
    /// <returns>The file's bytes.</returns>
    /// <exception cref="ArgumentException">An attribute has another type.</exception>
    public static byte[] Create(
        string operation, IReadOnlyList<ModelInput> inputs, IReadOnlyDictionary<string, object>? attributes = null, int operatorSet = DefaultOperatorSet, int outputs = 1, bool givesBooleans = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(operation);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        var node = new NodeProto { OpType = operation, Name = operation };
        var graph = new GraphProto { Name = operation };
        for (int i = 0; i < inputs.Count; i++)
        {
            node.Input.Add($"x{i}");
            graph.Input.Add(Value($"x{i}", inputs[i]));
        }

        for (int i = 0; i < outputs; i++)
        {
            node.Output.Add($"y{i}");
            graph.Output.Add(new ValueInfoProto { Name = $"y{i}", Type = Type(givesBooleans ? TensorProto.Types.DataType.Bool : TensorProto.Types.DataType.Float) }); // the runtime infers the shape
        }

        foreach (var (name, value) in attributes ?? new Dictionary<string, object>()) node.Attribute.Add(Attribute(name, value));
        graph.Node.Add(node);
        var model = new ModelProto { IrVersion = operatorSet <= DefaultOperatorSet ? IrVersion : LaterIrVersion, ProducerName = "Gradus", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = operatorSet });
        return model.ToByteArray();
    }

    private static ValueInfoProto Value(string name, ModelInput input)
    {
        var type = Type(input.IsInteger ? TensorProto.Types.DataType.Int64 : input.IsBoolean ? TensorProto.Types.DataType.Bool : TensorProto.Types.DataType.Float);
        type.TensorType.Shape = new TensorShapeProto();
        foreach (int size in input.Shape) type.TensorType.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto { Name = name, Type = type };
    }

    private static TypeProto Type(TensorProto.Types.DataType element) => new() { TensorType = new TypeProto.Types.Tensor { ElemType = (int)element } };

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case int or long:
                attribute.Type = AttributeProto.Types.AttributeType.Int;
                attribute.I = Convert.ToInt64(value);
                break;
            case float number:
                attribute.Type = AttributeProto.Types.AttributeType.Float;
                attribute.F = number;
                break;
            case string text:
                attribute.Type = AttributeProto.Types.AttributeType.String;
                attribute.S = ByteString.CopyFromUtf8(text);
                break;
            case string[] texts:
                attribute.Type = AttributeProto.Types.AttributeType.Strings;
                attribute.Strings.AddRange(Array.ConvertAll(texts, ByteString.CopyFromUtf8));
                break;
            case int[] numbers:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.AddRange(Array.ConvertAll(numbers, number => (long)number));
                break;
            default:
                throw new ArgumentException($"attribute {name} is a {value.GetType().Name}; use a whole number, a float, a string, or an array of whole numbers or strings", nameof(value));
        }

        return attribute;
    }
}
