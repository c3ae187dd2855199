using System.Numerics.Tensors;
using Gradus.Graph;

namespace Gradus.Ops;

/// <summary>a + b, with broadcasting.</summary>
internal sealed class Add() : BinaryOperation(Reads.None)
{
    internal override void Map(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Add(a, b, y);

    protected override void Derive(int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> gradient) =>
        dy.CopyTo(gradient);
}

/// <summary>a - b, with broadcasting.</summary>
internal sealed class Subtract() : BinaryOperation(Reads.None)
{
    internal override void Map(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Subtract(a, b, y);

    protected override void Derive(int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> gradient)
    {
        if (which == 0) dy.CopyTo(gradient);
        else TensorPrimitives.Negate(dy, gradient);
    }
}

/// <summary>a · b element by element, with broadcasting.</summary>
internal sealed class Multiply() : BinaryOperation(Reads.Inputs)
{
    internal override void Map(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Multiply(a, b, y);

    protected override void Derive(int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> gradient) =>
        TensorPrimitives.Multiply(dy, which == 0 ? b : a, gradient);
}

/// <summary>a / b element by element, with broadcasting: da = dy / b, db = -dy a / b².</summary>
internal sealed class Divide() : BinaryOperation(Reads.Inputs)
{
    internal override void Map(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Divide(a, b, y);

    protected override void Derive(int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> gradient)
    {
        TensorPrimitives.Divide(dy, b, gradient);
        if (which == 0) return;
        TensorPrimitives.Multiply(gradient, a, gradient);
        TensorPrimitives.Divide(gradient, b, gradient);
        TensorPrimitives.Negate(gradient, gradient);
    }
}

/// <summary>scale · x + shift, with constants.</summary>
internal sealed class Affine(float scale, float shift) : UnaryOperation(Reads.None)
{
    public override object Settings => (scale, shift);

    protected override void Map(ReadOnlySpan<float> x, Span<float> y)
    {
        TensorPrimitives.Multiply(x, scale, y);
        if (shift != 0) TensorPrimitives.Add(y, shift, y);
    }

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        TensorPrimitives.Multiply(dy, scale, dx);
}

/// <summary>Arithmetic on tensors.</summary>
public static class ArithmeticOperators
{
    extension(Tensor)
    {
        /// <summary>Sum, with broadcasting.</summary>
        public static Tensor operator +(Tensor a, Tensor b) => new Add().Apply(a, b);

        /// <summary>Difference, with broadcasting.</summary>
        public static Tensor operator -(Tensor a, Tensor b) => new Subtract().Apply(a, b);

        /// <summary>Element-wise product, with broadcasting.</summary>
        public static Tensor operator *(Tensor a, Tensor b) => new Multiply().Apply(a, b);

        /// <summary>Element-wise quotient, with broadcasting.</summary>
        public static Tensor operator /(Tensor a, Tensor b) => new Divide().Apply(a, b);

        /// <summary>Adds a constant to every element.</summary>
        public static Tensor operator +(Tensor x, float shift) => new Affine(1, shift).Apply(x);

        /// <summary>Subtracts a constant from every element.</summary>
        public static Tensor operator -(Tensor x, float shift) => new Affine(1, -shift).Apply(x);

        /// <summary>Multiplies every element by a constant.</summary>
        public static Tensor operator *(Tensor x, float scale) => new Affine(scale, 0).Apply(x);

        /// <summary>Multiplies every element by a constant.</summary>
        public static Tensor operator *(float scale, Tensor x) => new Affine(scale, 0).Apply(x);

        /// <summary>Divides every element by a constant.</summary>
        public static Tensor operator /(Tensor x, float divisor) => new Affine(1 / divisor, 0).Apply(x);

        /// <summary>Changes every sign.</summary>
        public static Tensor operator -(Tensor x) => new Affine(-1, 0).Apply(x);
    }
}
