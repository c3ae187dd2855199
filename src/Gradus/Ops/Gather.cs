using System.Runtime.InteropServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// The elements of an axis that whole numbers name, in their order and as often as they are named; the gradient is added up where an
/// element was named several times, in the order of the numbers. One number may be without a gradient: padding.
/// </summary>
/// <param name="axis">The axis of x.</param>
/// <param name="indices">The shape of the whole numbers, which takes the axis's place: of the integers, or of a second input whose floats are whole.</param>
/// <param name="padding">The number that gets no gradient; -1 for none.</param>
internal sealed class Gather(int axis, Shape indices, int padding = -1) : Operation
{
    public override object Settings => (axis, indices, padding);

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        int along = x.Axis(axis);
        Require(padding < x[along], $"the padding number {padding} is not one of the {x[along]} elements of axis {axis} of {x}");
        return new Signature(Shape.Of([.. x.Sizes[..along], .. indices.Sizes, .. x.Sizes[(along + 1)..]]))
        {
            Saved = inputs.Length > 1 ? [indices] : [], // the floats as the bits of whole numbers
            BackwardReads = Reads.None,
        };
    }

    protected internal override void Forward(Frame f)
    {
        var rows = Rows(f.InputShape(0));
        if (f.InputCount > 1) Round(f.Input(1), Whole(f));
        var numbers = Numbers(f);
        for (int i = 0; i < numbers.Length; i++)
        {
            if ((uint)numbers[i] >= (uint)rows.Rows) throw OutOfRange(f, numbers[i], i);
        }

        rows.Gather(f.Input(0), numbers, f.Output);
    }

    protected internal override void Backward(Frame f)
    {
        if (f.Wants(0)) Rows(f.InputShape(0)).Scatter(f.OutputGradient, Numbers(f), f.InputGradient(0), padding);
        if (f.InputCount > 1) f.InputGradient(1).Clear();
    }

    private IndexedRows Rows(Shape x)
    {
        int along = x.Axis(axis), outer = 1;
        for (int i = 0; i < along; i++) outer *= x[i];
        return new IndexedRows(outer, x[along], x.CountFrom(along + 1));
    }

    private static ReadOnlySpan<int> Numbers(Frame f) => f.InputCount > 1 ? Whole(f) : f.Integers(0);

    private static Span<int> Whole(Frame f) => MemoryMarshal.Cast<float, int>(f.Saved(0));

    private static void Round(ReadOnlySpan<float> floats, Span<int> numbers)
    {
        for (int i = 0; i < floats.Length; i++)
        {
            numbers[i] = (int)floats[i];
            if (numbers[i] != floats[i]) throw new ArgumentException($"element {i} is {floats[i]}: a number to look up by must be whole", nameof(floats));
        }
    }

    private ArgumentOutOfRangeException OutOfRange(Frame f, int number, int place) =>
        new(nameof(f), $"number {number} at place {place} is outside 0 to {Rows(f.InputShape(0)).Rows - 1}, the elements of axis {axis} of {f.InputShape(0)}");
}

/// <summary>Look-up by number.</summary>
public static class GatherExtensions
{
    extension(Tensor x)
    {
        /// <summary>The elements of an axis with these numbers: <c>[5, 7]</c> with numbers <c>[2, 3]</c> along axis 0 becomes <c>[2, 3, 7]</c>.</summary>
        /// <param name="axis">The axis, negative counted from the innermost; the numbers' axes take its place.</param>
        /// <param name="indices">Numbers from 0 to the axis's size - 1, in any order, any of them several times.</param>
        /// <exception cref="ShapeException">There is no such axis.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A number is outside the axis.</exception>
        public Tensor Gather(int axis, IntTensor indices)
        {
            ArgumentNullException.ThrowIfNull(indices);
            return new Gather(axis, indices.Shape).ApplyAll([x], [indices])[0];
        }

        /// <summary>The rows of this table <c>[vocabulary, d]</c> with the tokens' numbers.</summary>
        /// <param name="tokens"><c>[...]</c>, each from 0 to vocabulary - 1.</param>
        /// <param name="padding">A token whose row gets no gradient; none if null.</param>
        /// <returns><c>[..., d]</c>.</returns>
        /// <exception cref="ShapeException">The table has not two axes, or no such row for padding.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A number is not in the vocabulary.</exception>
        public Tensor Embed(IntTensor tokens, int? padding = null)
        {
            ArgumentNullException.ThrowIfNull(tokens);
            return Lookup(x, tokens.Shape, padding).ApplyAll([x], [tokens])[0];
        }

        /// <summary>The rows of this table <c>[vocabulary, d]</c> with the tokens' numbers, given as floats; no gradient but 0 flows to these.</summary>
        /// <param name="tokens"><c>[...]</c>, whole numbers from 0 to vocabulary - 1; floats hold them exactly up to 2²⁴.</param>
        /// <param name="padding">A token whose row gets no gradient; none if null.</param>
        /// <returns><c>[..., d]</c>.</returns>
        /// <exception cref="ShapeException">The table has not two axes, or no such row for padding.</exception>
        /// <exception cref="ArgumentException">A number is not whole, or not in the vocabulary.</exception>
        public Tensor Embed(Tensor tokens, int? padding = null)
        {
            ArgumentNullException.ThrowIfNull(tokens);
            return Lookup(x, tokens.Shape, padding).Apply(x, tokens);
        }
    }

    private static Gather Lookup(Tensor table, Shape tokens, int? padding)
    {
        if (table.Shape.Rank != 2) throw new ShapeException($"an embedding table is [vocabulary, d]; got {table.Shape}");
        if (padding < 0) throw new ArgumentOutOfRangeException(nameof(padding), $"the padding token is one of the vocabulary, 0 to {table.Shape[0] - 1}; got {padding}");
        return new Gather(0, tokens, padding ?? -1);
    }
}
