using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <summary>
/// Softmax and its logarithm on the rows of a matrix, and their derivatives. The maximum is subtracted first, so that nothing overflows;
/// a row with a NaN gives NaN. Result and operand may be the same memory, or apart.
/// </summary>
/// <remarks>
/// Short rows are turned, so that lanes run over the rows and nothing is padded; long ones lie along the lanes. A row's bits depend on
/// its length alone.
/// </remarks>
internal static unsafe class SoftmaxRows
{
    private const int Short = 32;   // numbers of a short row: its columns, a vector each, take 2 KiB of the stack
    private const int Widest = 16;  // lanes

    /// <summary>y = eˣ / Σ eˣ in each row, or its logarithm x - log Σ eˣ.</summary>
    /// <param name="x">[rows, length].</param>
    /// <param name="y">[rows, length].</param>
    /// <param name="length">At least 1.</param>
    /// <param name="logarithm">The logarithm.</param>
    /// <param name="maxima">[rows]: the largest number of each; empty where not wanted.</param>
    /// <param name="logarithms">[rows]: log Σ eˣ less the maximum (their sum would lose the smaller one's digits); empty where not wanted.</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public static void Forward(ReadOnlySpan<float> x, Span<float> y, int length, bool logarithm, Span<float> maxima = default, Span<float> logarithms = default)
    {
        int rows = x.Length / length;
        Require(y.Length, x.Length, nameof(y));
        if (!maxima.IsEmpty) Require(maxima.Length, rows, nameof(maxima));
        if (!logarithms.IsEmpty) Require(logarithms.Length, rows, nameof(logarithms));
        fixed (float* px = x, py = y, pMaxima = maxima, pLogarithms = logarithms)
        {
            var job = new Job { X = px, Y = py, Maxima = pMaxima, Logarithms = pLogarithms, Rows = rows, Length = length, Logarithm = logarithm };
            if (Vector512.IsHardwareAccelerated) Forward<Vector512<float>, Lanes512>(job);
            else if (Vector256.IsHardwareAccelerated) Forward<Vector256<float>, Lanes256>(job);
            else if (Vector128.IsHardwareAccelerated) Forward<Vector128<float>, Lanes128>(job);
            else Forward<float, ScalarLanes>(job);
        }
    }

    /// <summary>In each row dx = y (dy - Σ y dy), from the softmax y; or dx = dy - eʸ Σ dy, from its logarithm y.</summary>
    /// <param name="y">[rows, length].</param>
    /// <param name="dy">[rows, length].</param>
    /// <param name="dx">[rows, length].</param>
    /// <param name="length">At least 1.</param>
    /// <param name="logarithm">Whether y is the logarithm.</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int length, bool logarithm)
    {
        Require(dy.Length, y.Length, nameof(dy));
        Require(dx.Length, y.Length, nameof(dx));
        fixed (float* py = y, pdy = dy, pdx = dx)
        {
            var job = new Job { X = py, Gradient = pdy, Y = pdx, Rows = y.Length / length, Length = length, Logarithm = logarithm };
            if (Vector512.IsHardwareAccelerated) Backward<Vector512<float>, Lanes512>(job);
            else if (Vector256.IsHardwareAccelerated) Backward<Vector256<float>, Lanes256>(job);
            else if (Vector128.IsHardwareAccelerated) Backward<Vector128<float>, Lanes128>(job);
            else Backward<float, ScalarLanes>(job);
        }
    }

    /// <summary>In each row dx = (softmax - one-hot label) · scale.</summary>
    /// <param name="softmax">[rows, length].</param>
    /// <param name="labels">[rows], each from 0 to length - 1.</param>
    /// <param name="scale">The factor.</param>
    /// <param name="dx">[rows, length].</param>
    public static void CrossEntropyBackward(ReadOnlySpan<float> softmax, ReadOnlySpan<int> labels, float scale, Span<float> dx)
    {
        int i = 0, length = labels.IsEmpty ? 0 : dx.Length / labels.Length;
        for (; i <= dx.Length - Vector<float>.Count; i += Vector<float>.Count) (new Vector<float>(softmax[i..]) * scale).CopyTo(dx[i..]);
        for (; i < dx.Length; i++) dx[i] = softmax[i] * scale;
        for (int row = 0; row < labels.Length; row++) dx[row * length + labels[row]] -= scale;
    }

    private static void Forward<TVector, TLanes>(in Job job)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        if (job.Length <= Short) ForwardTurned<TVector, TLanes>(job);
        else for (int row = 0; row < job.Rows; row++) ForwardRow<TVector, TLanes>(job, row);
    }

    private static void Backward<TVector, TLanes>(in Job job)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        if (job.Length <= Short) BackwardTurned<TVector, TLanes>(job);
        else for (int row = 0; row < job.Rows; row++) BackwardRow<TVector, TLanes>(job, row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardTurned<TVector, TLanes>(in Job job)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint length = job.Length, lanes = TLanes.Count;
        float* columns = stackalloc float[Short * Widest], ends = columns + (length - 1) * lanes, results = stackalloc float[2 * Widest];
        for (int row = 0; row < job.Rows; row += TLanes.Count)
        {
            int rows = Math.Min(TLanes.Count, job.Rows - row);
            if (rows < TLanes.Count) new Span<float>(columns, (int)(length * lanes)).Clear();
            Transposition.Copy(job.X + row * length, length, rows, length, columns, lanes);
            var largest = TLanes.Load(columns);
            for (float* column = columns + lanes; column <= ends; column += lanes) largest = TLanes.AtLeast(largest, TLanes.Load(column));
            TVector sum = TLanes.Broadcast(0), lowered = TLanes.Multiply(largest, TLanes.Broadcast(-1));
            for (float* column = columns; column <= ends; column += lanes)
            {
                var difference = TLanes.Add(TLanes.Load(column), lowered);
                var power = VectorMath.Exp<TVector, TLanes>(difference);
                sum = TLanes.Add(sum, power);
                TLanes.Store(job.Logarithm ? difference : power, column);
            }

            var logarithm = VectorMath.Log<TVector, TLanes>(sum);
            TVector factor = TLanes.Broadcast(1), shift = TLanes.Broadcast(0);
            if (job.Logarithm) shift = TLanes.Multiply(logarithm, TLanes.Broadcast(-1));
            else factor = TLanes.Divide(factor, sum);
            for (float* column = columns; column <= ends; column += lanes) TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(column), factor, shift), column);
            Transposition.Copy(columns, lanes, length, rows, job.Y + row * length, length);

            TLanes.Store(largest, results);
            TLanes.Store(logarithm, results + Widest);
            for (int i = 0; i < rows && job.Maxima != null; i++) job.Maxima[row + i] = results[i];
            for (int i = 0; i < rows && job.Logarithms != null; i++) job.Logarithms[row + i] = results[Widest + i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardRow<TVector, TLanes>(in Job job, int row)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        const float nothing = float.NegativeInfinity; // behind the end: e to it is 0
        int length = job.Length;
        float* x = job.X + (nint)row * length, y = job.Y + (nint)row * length;
        var largest = TLanes.Broadcast(nothing);
        for (int i = 0; i < length; i += TLanes.Count) largest = TLanes.AtLeast(largest, Load<TVector, TLanes>(x, i, length, nothing));
        float maximum = TLanes.Largest(largest);
        TVector sums = TLanes.Broadcast(0), lowered = TLanes.Broadcast(-maximum);
        for (int i = 0; i < length; i += TLanes.Count)
        {
            var difference = TLanes.Add(Load<TVector, TLanes>(x, i, length, nothing), lowered);
            var power = VectorMath.Exp<TVector, TLanes>(difference);
            sums = TLanes.Add(sums, power);
            Store<TVector, TLanes>(job.Logarithm ? difference : power, y, i, length);
        }

        float sum = TLanes.Sum(sums), logarithm = MathF.Log(sum);
        TVector factor = TLanes.Broadcast(job.Logarithm ? 1 : 1 / sum), shift = TLanes.Broadcast(job.Logarithm ? -logarithm : 0);
        for (int i = 0; i < length; i += TLanes.Count)
        {
            Store<TVector, TLanes>(TLanes.MultiplyAdd(Load<TVector, TLanes>(y, i, length, 0), factor, shift), y, i, length);
        }

        if (job.Maxima != null) job.Maxima[row] = maximum;
        if (job.Logarithms != null) job.Logarithms[row] = logarithm;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardTurned<TVector, TLanes>(in Job job)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        nint length = job.Length, lanes = TLanes.Count;
        float* columns = stackalloc float[Short * Widest], gradients = stackalloc float[Short * Widest];
        for (int row = 0; row < job.Rows; row += TLanes.Count)
        {
            int rows = Math.Min(TLanes.Count, job.Rows - row);
            if (rows < TLanes.Count)
            {
                new Span<float>(columns, (int)(length * lanes)).Clear();
                new Span<float>(gradients, (int)(length * lanes)).Clear();
            }

            Transposition.Copy(job.X + row * length, length, rows, length, columns, lanes);
            Transposition.Copy(job.Gradient + row * length, length, rows, length, gradients, lanes);
            TVector sum = TLanes.Broadcast(0), one = TLanes.Broadcast(1);
            for (nint i = 0; i < length * lanes; i += lanes) sum = TLanes.MultiplyAdd(job.Logarithm ? one : TLanes.Load(columns + i), TLanes.Load(gradients + i), sum);
            var subtrahend = TLanes.Multiply(sum, TLanes.Broadcast(-1));
            for (nint i = 0; i < length * lanes; i += lanes)
            {
                TLanes.Store(Derivative<TVector, TLanes>(TLanes.Load(columns + i), TLanes.Load(gradients + i), subtrahend, job.Logarithm), gradients + i);
            }

            Transposition.Copy(gradients, lanes, length, rows, job.Y + row * length, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardRow<TVector, TLanes>(in Job job, int row)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        int length = job.Length;
        float* y = job.X + (nint)row * length, dy = job.Gradient + (nint)row * length, dx = job.Y + (nint)row * length;
        TVector sums = TLanes.Broadcast(0), one = TLanes.Broadcast(1);
        for (int i = 0; i < length; i += TLanes.Count)
        {
            sums = TLanes.MultiplyAdd(job.Logarithm ? one : Load<TVector, TLanes>(y, i, length, 0), Load<TVector, TLanes>(dy, i, length, 0), sums);
        }

        var subtrahend = TLanes.Broadcast(-TLanes.Sum(sums));
        for (int i = 0; i < length; i += TLanes.Count)
        {
            TVector output = Load<TVector, TLanes>(y, i, length, 0), gradient = Load<TVector, TLanes>(dy, i, length, 0);
            Store<TVector, TLanes>(Derivative<TVector, TLanes>(output, gradient, subtrahend, job.Logarithm), dx, i, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Derivative<TVector, TLanes>(TVector y, TVector dy, TVector subtrahend, bool logarithm)
        where TVector : struct
        where TLanes : ILanes<TVector> =>
        logarithm ? TLanes.MultiplyAdd(VectorMath.Exp<TVector, TLanes>(y), subtrahend, dy) : TLanes.Multiply(y, TLanes.Add(dy, subtrahend));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load<TVector, TLanes>(float* row, int index, int length, float behind)
        where TVector : struct
        where TLanes : ILanes<TVector> =>
        index + TLanes.Count <= length ? TLanes.Load(row + index) : LoadRest<TVector, TLanes>(row + index, length - index, behind);

    private static TVector LoadRest<TVector, TLanes>(float* rest, int count, float behind)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        float* padded = stackalloc float[Widest];
        for (int i = 0; i < TLanes.Count; i++) padded[i] = i < count ? rest[i] : behind;
        return TLanes.Load(padded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVector, TLanes>(TVector value, float* row, int index, int length)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        if (index + TLanes.Count <= length) TLanes.Store(value, row + index);
        else StoreRest<TVector, TLanes>(value, row + index, length - index);
    }

    private static void StoreRest<TVector, TLanes>(TVector value, float* rest, int count)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        float* padded = stackalloc float[Widest];
        TLanes.Store(value, padded);
        for (int i = 0; i < count; i++) rest[i] = padded[i];
    }

    private static void Require(int length, int needed, string name)
    {
        if (length < needed) throw new ArgumentException($"Softmax needs {needed} floats of {name}; got {length}.", name);
    }

    /// <summary>Backward: X is what forward gave, Y the gradient to write.</summary>
    private struct Job
    {
        public float* X, Y, Gradient, Maxima, Logarithms;
        public int Rows, Length;
        public bool Logarithm;
    }
}
