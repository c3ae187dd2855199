using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>x to a constant exponent p; dx = dy · p x^(p - 1).</summary>
internal sealed class Power(float exponent) : UnaryOperation(Reads.Inputs)
{
    public override object Settings => exponent;

    internal override bool IsCostly => true;

    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => Formulas.Map(new Function(exponent), x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        if (exponent == 0) dx.Clear(); // 0 · x^-1 would be NaN at 0
        else Formulas.Map(new Derivative(exponent), x, dy, dx);
    }

    private readonly struct Function(float exponent) : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => VectorMath.Power<TVector, TLanes>(x, exponent);
    }

    private readonly struct Derivative(float exponent) : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x, TVector dy)
            where TVector : struct
            where TLanes : ILanes<TVector> =>
            TLanes.Multiply(TLanes.Multiply(dy, TLanes.Broadcast(exponent)), VectorMath.Power<TVector, TLanes>(x, exponent - 1));
    }
}

/// <summary>x²; dx = 2 x dy.</summary>
internal sealed class Square() : UnaryOperation(Reads.Inputs)
{
    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Multiply(x, x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        Formulas.Map(new Derivative(), x, dy, dx);

    private readonly struct Derivative : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector x, TVector dy)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.Multiply(TLanes.Add(x, x), dy);
    }
}

/// <summary>1 / x; dx = -dy · y².</summary>
internal sealed class Reciprocal() : UnaryOperation(Reads.Outputs)
{
    protected override void Map(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Divide(1, x, y);

    protected override void Derive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) =>
        Formulas.Map(new Derivative(), y, dy, dx);

    private readonly struct Derivative : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector y, TVector dy)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.Multiply(TLanes.Multiply(y, TLanes.Multiply(y, TLanes.Broadcast(-1))), dy);
    }
}

/// <summary>a to the b, element by element, with broadcasting: da = dy · b a^(b - 1), db = dy · a^b log a (0 at a = 0 with b ≥ 0).</summary>
internal sealed class ElementwisePower() : BinaryOperation(Reads.Inputs)
{
    internal override bool IsCostly => true;

    internal override void Map(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => Formulas.Map(new Function(), a, b, y);

    protected override void Derive(int which, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> gradient)
    {
        if (which == 0) Formulas.Map(new BaseDerivative(), a, b, dy, gradient);
        else Formulas.Map(new ExponentDerivative(), a, b, dy, gradient);
    }

    private readonly struct Function : IFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector a, TVector b)
            where TVector : struct
            where TLanes : ILanes<TVector> => VectorMath.Power<TVector, TLanes>(a, b);
    }

    private readonly struct BaseDerivative : IFormula3
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector a, TVector b, TVector dy)
            where TVector : struct
            where TLanes : ILanes<TVector>
        {
            TVector zero = TLanes.Broadcast(0), power = VectorMath.Power<TVector, TLanes>(a, TLanes.Add(b, TLanes.Broadcast(-1)));
            return TLanes.SelectEqual(b, zero, zero, TLanes.Multiply(dy, TLanes.Multiply(b, power)));
        }
    }

    private readonly struct ExponentDerivative : IFormula3
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of<TVector, TLanes>(TVector a, TVector b, TVector dy)
            where TVector : struct
            where TLanes : ILanes<TVector>
        {
            TVector zero = TLanes.Broadcast(0), power = VectorMath.Power<TVector, TLanes>(a, b);
            var slope = TLanes.Multiply(dy, TLanes.Multiply(power, VectorMath.Log<TVector, TLanes>(a)));
            return TLanes.SelectEqual(a, zero, TLanes.SelectLess(b, zero, slope, zero), slope);
        }
    }
}

/// <summary>Powers of tensors.</summary>
public static class PowerExtensions
{
    extension(Tensor x)
    {
        /// <summary>Every element to the same exponent; NaN where it is negative and the exponent is not whole. 0 to the 0 is 1.</summary>
        /// <param name="exponent">Multiples of 1/2 up to 32 take multiplications and square roots, others an exponential and a logarithm.</param>
        public Tensor Pow(float exponent) => exponent switch
        {
            2 => new Square().Apply(x),
            0.5f => new SquareRoot().Apply(x),
            -1 => new Reciprocal().Apply(x),
            _ => new Power(exponent).Apply(x),
        };

        /// <summary>Every element to an exponent of its own, with broadcasting; NaN where it is negative and its exponent is not whole. 0 to the 0 is 1.</summary>
        /// <remarks>The gradient with respect to the exponent is NaN where the base is negative: there is no real logarithm.</remarks>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Pow(Tensor exponent) => new ElementwisePower().Apply(x, exponent);

        /// <summary>x², element by element.</summary>
        public Tensor Square() => new Square().Apply(x);

        /// <summary>1 / x, element by element; infinite at 0.</summary>
        public Tensor Reciprocal() => new Reciprocal().Apply(x);
    }
}

/// <summary>The quotient of a constant and a tensor.</summary>
public static class ReciprocalOperators
{
    extension(Tensor)
    {
        /// <summary>Divides a constant by every element.</summary>
        public static Tensor operator /(float dividend, Tensor x) => new Reciprocal().Apply(x) * dividend;
    }
}
