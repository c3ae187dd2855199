using Gradus.Kernels;

namespace Gradus.Tests.Layers;

/// <summary>Recurrent layers one above the other, in one or both directions, as their formulas say: in double precision, one sequence and one step at a time.</summary>
internal sealed class RecurrentDefinition(RecurrentCell cell, int layers, bool bidirectional, int hidden, int[] lengths)
{
    private readonly int _directions = bidirectional ? 2 : 1;

    /// <summary>Every number that the result depends on, by name: the parameters, <c>x</c>, <c>h</c> and <c>c</c>.</summary>
    public Dictionary<string, double[]> Values { get; } = [];

    public (double[] Sequence, double[] FinalHidden, double[] FinalCell) Compute(int time, int inputs)
    {
        int batch = lengths.Length;
        var x = Values["x"];
        double[] finalHidden = new double[layers * _directions * batch * hidden], finalCell = new double[finalHidden.Length];
        for (int layer = 0; layer < layers; layer++)
        {
            int features = _directions * hidden;
            var y = new double[batch * time * features];
            for (int direction = 0; direction < _directions; direction++)
            {
                string suffix = $"l{layer}{(direction == 1 ? "_reverse" : "")}";
                for (int sequence = 0; sequence < batch; sequence++)
                {
                    int state = ((layer * _directions + direction) * batch + sequence) * hidden;
                    double[] h = Values["h"][state..(state + hidden)], c = Values["c"][state..(state + hidden)];
                    for (int step = 0; step < lengths[sequence]; step++)
                    {
                        int row = sequence * time + (direction == 1 ? lengths[sequence] - 1 - step : step);
                        (h, c) = Step(suffix, x.AsSpan(row * inputs, inputs), h, c);
                        h.CopyTo(y, row * features + direction * hidden);
                    }

                    h.CopyTo(finalHidden, state);
                    c.CopyTo(finalCell, state);
                }
            }

            (x, inputs) = (y, features);
        }

        return (x, finalHidden, finalCell);
    }

    private (double[] H, double[] C) Step(string suffix, ReadOnlySpan<double> x, double[] h, double[] c)
    {
        double[] a = Product($"ih_{suffix}", x), b = Product($"hh_{suffix}", h), newH = new double[hidden], newC = new double[hidden];
        for (int j = 0; j < hidden; j++)
        {
            double Sum(int gate) => a[gate * hidden + j] + b[gate * hidden + j];
            switch (cell)
            {
                case RecurrentCell.Lstm:
                    newC[j] = Sigmoid(Sum(1)) * c[j] + Sigmoid(Sum(0)) * Math.Tanh(Sum(2));
                    newH[j] = Sigmoid(Sum(3)) * Math.Tanh(newC[j]);
                    break;
                case RecurrentCell.Gru:
                    double n = Math.Tanh(a[2 * hidden + j] + Sigmoid(Sum(0)) * b[2 * hidden + j]), z = Sigmoid(Sum(1));
                    newH[j] = (1 - z) * n + z * h[j];
                    break;
                default:
                    newH[j] = cell == RecurrentCell.Tanh ? Math.Tanh(Sum(0)) : Math.Max(Sum(0), 0);
                    break;
            }
        }

        return (newH, newC);
    }

    private double[] Product(string name, ReadOnlySpan<double> x)
    {
        var weight = Values[$"weight_{name}"];
        var y = Values.TryGetValue($"bias_{name}", out var bias) ? (double[])bias.Clone() : new double[weight.Length / x.Length];
        for (int row = 0; row < y.Length; row++)
        {
            for (int column = 0; column < x.Length; column++) y[row] += weight[row * x.Length + column] * x[column];
        }

        return y;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
