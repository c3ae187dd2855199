using Gradus.Kernels;

namespace Gradus.Tests.Kernels;

/// <summary>The loops that apply formulas, at every length around the vectors' and with results in the memory of operands.</summary>
public class FormulasTests
{
    [Fact]
    public void Every_length_is_covered_and_nothing_behind_it()
    {
        for (int length = 0; length < 70; length++)
        {
            var (a, b, c) = (Numbers(length, 1), Numbers(length, 2), Numbers(length, 3));
            var y = new float[length + 1];
            y[length] = 7;
            Formulas.Map(new Halved(3), a, y.AsSpan(0, length));
            for (int i = 0; i < length; i++) Assert.Equal((a[i] + 3) * 0.5f, y[i]);
            Formulas.Map(new Difference(), a, b, y.AsSpan(0, length));
            for (int i = 0; i < length; i++) Assert.Equal(a[i] - b[i], y[i], 1e-6f);
            Formulas.Map(new Chosen(), a, b, c, y.AsSpan(0, length));
            for (int i = 0; i < length; i++) Assert.Equal(a[i] < b[i] ? c[i] : b[i], y[i]);
            Assert.Equal(7, y[length]);
            Assert.Equal(a.Sum(value => (value + 3) * 0.5), Formulas.Sum(new Halved(3), a), 1e-4);
        }
    }

    [Fact]
    public void The_result_may_be_any_operand()
    {
        for (int operand = 0; operand < 3; operand++)
        {
            float[][] operands = [Numbers(37, 1), Numbers(37, 2), Numbers(37, 3)];
            var expected = Enumerable.Range(0, 37).Select(i => operands[0][i] < operands[1][i] ? operands[2][i] : operands[1][i]).ToArray();
            Formulas.Map(new Chosen(), operands[0], operands[1], operands[2], operands[operand]);
            Assert.Equal(expected, operands[operand]);
        }
    }

    [Fact]
    public void A_sum_has_the_same_bits_wherever_its_operand_lies()
    {
        var values = Numbers(1003, 5);
        float sum = Formulas.Sum(new Halved(0), values);
        for (int offset = 1; offset < 17; offset++)
        {
            var moved = new float[1003 + offset];
            values.CopyTo(moved, offset);
            Assert.Equal(sum, Formulas.Sum(new Halved(0), moved.AsSpan(offset)));
        }
    }

    [Fact]
    public void Operands_of_other_lengths_are_refused() =>
        Assert.Contains("as long as its result, 4", Assert.Throws<ArgumentException>(() => Formulas.Map(new Difference(), new float[4], new float[3], new float[4])).Message, StringComparison.Ordinal);

    private static float[] Numbers(int length, ulong seed)
    {
        var numbers = new float[length];
        new RandomSource(seed).Uniform(numbers, -2, 2);
        return numbers;
    }

    private readonly struct Halved(float shift) : IFormula
    {
        public TVector Of<TVector, TLanes>(TVector x)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.Multiply(TLanes.Add(x, TLanes.Broadcast(shift)), TLanes.Broadcast(0.5f));
    }

    private readonly struct Difference : IFormula2
    {
        public TVector Of<TVector, TLanes>(TVector a, TVector b)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.MultiplyAdd(b, TLanes.Broadcast(-1), a);
    }

    private readonly struct Chosen : IFormula3
    {
        public TVector Of<TVector, TLanes>(TVector a, TVector b, TVector c)
            where TVector : struct
            where TLanes : ILanes<TVector> => TLanes.SelectLess(a, b, c, b);
    }
}
