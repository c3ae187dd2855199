using Gradus.Kernels;

namespace Gradus.Tests.Kernels;

/// <summary>Random operands of a recurrent layer, its results, and the same in plain double precision, one sequence and one step at a time.</summary>
internal sealed class RecurrentProblem
{
    private readonly RecurrentShape _shape;
    private readonly bool _reverse;
    private readonly int[] _lengths;
    private readonly float[] _input, _weightIh, _weightHh, _biasIh, _biasHh, _initialH, _initialC, _dOutput, _dFinalH, _dFinalC;
    private readonly Dictionary<string, double[]> _expected = [];

    public RecurrentProblem(RecurrentShape shape, bool reverse, int seed, bool sparse = false)
    {
        (_shape, _reverse) = (shape, reverse);
        var random = new Random(seed);
        int state = shape.Batch * shape.Hidden, rows = shape.Gates * shape.Hidden;
        bool lstm = shape.Cell == RecurrentCell.Lstm;
        float[] Numbers(int count, double scale) => [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble() - 1) * scale))];
        _lengths = seed % 3 == 0 ? [] : [.. Enumerable.Range(0, shape.Batch).Select(_ => random.Next(0, shape.Time + 1))];
        if (seed % 3 == 2) for (int i = 0; i < _lengths.Length; i++) _lengths[i] = Math.Max(0, shape.Time - 2);
        if (seed == 2) for (int i = 0; i < _lengths.Length; i++) _lengths[i] = i % shape.Time;
        double scale = 1 / Math.Sqrt(shape.Hidden);
        _input = Numbers(shape.Batch * shape.Time * shape.Input, 1);
        _weightIh = Numbers(rows * shape.Input, scale);
        _weightHh = Numbers(rows * shape.Hidden, scale);
        _biasIh = Numbers(sparse ? 0 : rows, 1);
        _biasHh = Numbers(sparse ? 0 : rows, 1);
        _initialH = Numbers(sparse ? 0 : state, 1);
        _initialC = Numbers(lstm && !sparse ? state : 0, 1);
        _dOutput = Numbers(sparse ? 0 : state * shape.Time, 1);
        _dFinalH = Numbers(state, 1);
        _dFinalC = Numbers(lstm && !sparse ? state : 0, 1);

        int output = state * shape.Time;
        (string Name, int Length)[] results =
        [
            ("output", output), ("finalH", state), ("finalC", lstm ? state : 0), ("dInput", _input.Length), ("dWeightIh", _weightIh.Length),
            ("dWeightHh", _weightHh.Length), ("dBiasIh", rows), ("dBiasHh", rows), ("dInitialH", state), ("dInitialC", lstm ? state : 0),
        ];
        foreach (var (name, length) in results)
        {
            Results[name] = new float[length];
            Array.Fill(Results[name], 77); // every element must be written
            _expected[name] = new double[length];
        }
    }

    public Dictionary<string, float[]> Results { get; } = [];

    public void Run()
    {
        float[] saved = Garbage(_shape.SavedLength);
        Forward(saved);
        Recurrence.Backward(
            _shape, _lengths, _reverse, _weightIh, _weightHh, saved, _dOutput, _dFinalH, _dFinalC, Results["dInput"], Results["dWeightIh"], Results["dWeightHh"],
            Results["dBiasIh"], Results["dBiasHh"], Results["dInitialH"], Results["dInitialC"], Garbage(_shape.BackwardScratch));
    }

    public void Infer() => Forward([]);

    public void SpoilPastEnd()
    {
        for (int i = 0; i < _shape.Batch; i++)
        {
            int first = (i * _shape.Time) + Length(i), count = _shape.Time - Length(i);
            _input.AsSpan(first * _shape.Input, count * _shape.Input).Fill(float.NaN);
            _dOutput.AsSpan(first * _shape.Hidden, count * _shape.Hidden).Fill(float.NaN);
        }
    }

    public void CheckAgainstReference()
    {
        Run();
        for (int i = 0; i < _shape.Batch; i++) Reference(i);
        foreach (var (name, expected) in _expected)
        {
            double scale = expected.Select(Math.Abs).Append(1).Max();
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.True(Math.Abs(Results[name][i] - expected[i]) <= 1e-5 * scale, $"{name}[{i}] of {_shape}: {Results[name][i]}, not {expected[i]}");
            }
        }
    }

    private void Forward(float[] saved) => Recurrence.Forward(
        _shape, _lengths, _reverse, _input, _weightIh, _weightHh, _biasIh, _biasHh, _initialH, _initialC,
        Results["output"], Results["finalH"], Results["finalC"], saved, Garbage(_shape.ForwardScratch(saved.Length > 0)));

    // Pinned, as the engine's memory is: forward aligns what it saves by its address, and backward must find it there.
    private static float[] Garbage(int length)
    {
        var memory = GC.AllocateArray<float>(length, pinned: true);
        Array.Fill(memory, float.NaN);
        return memory;
    }

    private int Length(int sequence) => _lengths.Length == 0 ? _shape.Time : _lengths[sequence];

    private static double At(float[] values, int index) => values.Length == 0 ? 0 : values[index];

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>Rows of gates: what the input gives, what h gives.</summary>
    private (double[] FromInput, double[] FromHidden) Products(int row, double[] h)
    {
        int rows = _shape.Gates * _shape.Hidden;
        double[] x = new double[rows], u = new double[rows];
        for (int j = 0; j < rows; j++)
        {
            (x[j], u[j]) = (At(_biasIh, j), At(_biasHh, j));
            for (int k = 0; k < _shape.Input; k++) x[j] += (double)_weightIh[(j * _shape.Input) + k] * _input[(row * _shape.Input) + k];
            for (int k = 0; k < _shape.Hidden; k++) u[j] += _weightHh[(j * _shape.Hidden) + k] * h[k];
        }

        return (x, u);
    }

    private void Reference(int sequence)
    {
        int n = _shape.Hidden, length = Length(sequence);
        int Row(int step) => (sequence * _shape.Time) + (_reverse ? length - 1 - step : step);
        var h = new List<double[]> { new double[n] };
        var c = new List<double[]> { new double[n] };
        for (int j = 0; j < n; j++) (h[0][j], c[0][j]) = (At(_initialH, (sequence * n) + j), At(_initialC, (sequence * n) + j));
        for (int step = 0; step < length; step++)
        {
            var (x, u) = Products(Row(step), h[step]);
            double[] newH = new double[n], newC = new double[n];
            for (int j = 0; j < n; j++)
            {
                double a = x[j] + u[j];
                switch (_shape.Cell)
                {
                    case RecurrentCell.Lstm:
                        newC[j] = (Sigmoid(x[n + j] + u[n + j]) * c[step][j]) + (Sigmoid(a) * Math.Tanh(x[(2 * n) + j] + u[(2 * n) + j]));
                        newH[j] = Sigmoid(x[(3 * n) + j] + u[(3 * n) + j]) * Math.Tanh(newC[j]);
                        break;
                    case RecurrentCell.Gru:
                        double z = Sigmoid(x[n + j] + u[n + j]), candidate = Math.Tanh(x[(2 * n) + j] + (Sigmoid(a) * u[(2 * n) + j]));
                        newH[j] = ((1 - z) * candidate) + (z * h[step][j]);
                        break;
                    default:
                        newH[j] = _shape.Cell == RecurrentCell.Tanh ? Math.Tanh(a) : Math.Max(a, 0);
                        break;
                }

                _expected["output"][(Row(step) * n) + j] = newH[j];
            }

            h.Add(newH);
            c.Add(newC);
        }

        h[^1].CopyTo(_expected["finalH"], sequence * n);
        if (_shape.Cell == RecurrentCell.Lstm) c[^1].CopyTo(_expected["finalC"], sequence * n);
        ReferenceBackward(sequence, length, Row, h, c);
    }

    private void ReferenceBackward(int sequence, int length, Func<int, int> rowOf, List<double[]> h, List<double[]> c)
    {
        int n = _shape.Hidden, inputs = _shape.Input;
        double[] dh = new double[n], dc = new double[n];
        for (int j = 0; j < n; j++) (dh[j], dc[j]) = (At(_dFinalH, (sequence * n) + j), At(_dFinalC, (sequence * n) + j));
        for (int step = length - 1; step >= 0; step--)
        {
            int row = rowOf(step);
            var (x, u) = Products(row, h[step]);
            double[] dx = new double[x.Length], du = new double[x.Length], dPrevious = new double[n];
            for (int j = 0; j < n; j++)
            {
                double dOut = dh[j] + At(_dOutput, (row * n) + j), a = x[j] + u[j];
                switch (_shape.Cell)
                {
                    case RecurrentCell.Lstm:
                        double i = Sigmoid(a), f = Sigmoid(x[n + j] + u[n + j]), g = Math.Tanh(x[(2 * n) + j] + u[(2 * n) + j]), o = Sigmoid(x[(3 * n) + j] + u[(3 * n) + j]);
                        double squashed = Math.Tanh(c[step + 1][j]), dCell = dc[j] + (dOut * o * (1 - (squashed * squashed)));
                        (dx[j], dx[n + j]) = (dCell * g * i * (1 - i), dCell * c[step][j] * f * (1 - f));
                        (dx[(2 * n) + j], dx[(3 * n) + j]) = (dCell * i * (1 - (g * g)), dOut * squashed * o * (1 - o));
                        dc[j] = dCell * f;
                        break;
                    case RecurrentCell.Gru:
                        double r = Sigmoid(a), z = Sigmoid(x[n + j] + u[n + j]), candidate = Math.Tanh(x[(2 * n) + j] + (r * u[(2 * n) + j]));
                        double dn = dOut * (1 - z) * (1 - (candidate * candidate));
                        (dx[j], dx[n + j], dx[(2 * n) + j]) = (dn * u[(2 * n) + j] * r * (1 - r), dOut * (h[step][j] - candidate) * z * (1 - z), dn);
                        du[(2 * n) + j] = dn * r;
                        dPrevious[j] = dOut * z;
                        break;
                    case RecurrentCell.Tanh:
                        dx[j] = dOut * (1 - (Math.Tanh(a) * Math.Tanh(a)));
                        break;
                    default:
                        dx[j] = a > 0 ? dOut : 0;
                        break;
                }
            }

            dx.AsSpan(0, _shape.Cell == RecurrentCell.Gru ? 2 * n : dx.Length).CopyTo(du);
            for (int j = 0; j < dx.Length; j++)
            {
                _expected["dBiasIh"][j] += dx[j];
                _expected["dBiasHh"][j] += du[j];
                for (int k = 0; k < inputs; k++)
                {
                    _expected["dWeightIh"][(j * inputs) + k] += dx[j] * _input[(row * inputs) + k];
                    _expected["dInput"][(row * inputs) + k] += dx[j] * _weightIh[(j * inputs) + k];
                }

                for (int k = 0; k < n; k++)
                {
                    _expected["dWeightHh"][(j * n) + k] += du[j] * h[step][k];
                    dPrevious[k] += du[j] * _weightHh[(j * n) + k];
                }
            }

            dh = dPrevious;
        }

        dh.CopyTo(_expected["dInitialH"], sequence * n);
        if (_shape.Cell == RecurrentCell.Lstm) dc.CopyTo(_expected["dInitialC"], sequence * n);
    }
}
