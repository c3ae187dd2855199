using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gradus.Kernels;

/// <summary>
/// Sums over all alignments of a labelling with the steps of a sequence: a blank may stand between labels and must stand between equal
/// ones, and every label and blank may last several steps.
/// </summary>
/// <remarks>
/// Graves, Fernández, Gomez and Schmidhuber 2006, "Connectionist temporal classification", equations 6 to 15, in logarithms. The
/// states are blank, label, blank, label, ..., blank; a row of numbers by state has <see cref="Border"/> floats of log 0 on either side, so
/// that lanes may look one and two states away. Each row is kept with its maximum at 0, so that long sequences lose no digits.
/// </remarks>
internal static unsafe class ConnectionistTemporal
{
    private const int Border = 16;        // at least 2, and a whole vector
    private const float Nothing = -1e30f; // the logarithm of 0 that can still be added to

    /// <summary>The states of a labelling.</summary>
    public static int States(int labels) => 2 * labels + 1;

    /// <summary>Floats in a row with one number for each state.</summary>
    public static int Width(int labels) => (States(labels) + Border - 1) / Border * Border + 2 * Border;

    /// <summary>Floats that <see cref="Backward"/> needs while it runs; <see cref="Forward"/> needs two rows.</summary>
    public static int WorkingLength(int labels) => 5 * Width(labels);

    /// <summary>The steps that a labelling needs at least: one for each label, and one between equal neighbours.</summary>
    public static int ShortestAlignment(ReadOnlySpan<int> labels)
    {
        int steps = labels.Length;
        for (int i = 1; i < labels.Length; i++) if (labels[i] == labels[i - 1]) steps++;
        return steps;
    }

    /// <summary>The logarithm of the labelling's probability; leaves the rows α of every step.</summary>
    /// <param name="logs">[time, classes]: the logarithms of the classes' probabilities.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="labels">The labelling; fits into the steps.</param>
    /// <param name="blank">The class of the blank.</param>
    /// <param name="alphas">[time, width].</param>
    /// <param name="working">Two rows.</param>
    /// <param name="most">The labels that the rows are made for.</param>
    public static double Forward(ReadOnlySpan<float> logs, int classes, ReadOnlySpan<int> labels, int blank, Span<float> alphas, Span<float> working, int most)
    {
        int width = Width(most), states = States(labels.Length), time = logs.Length / classes;
        Span<float> skips = working[..width], emission = working.Slice(width, width);
        FillSkips(labels, skips);
        emission.Clear();
        double shift = 0;
        fixed (float* skip = skips, emitted = emission, first = alphas)
        {
            for (int t = 0; t < time; t++)
            {
                var row = alphas.Slice(t * width, width);
                row.Fill(Nothing);
                ReadEmissions(logs.Slice(t * classes, classes), labels, blank, emission);
                if (t == 0) emission.Slice(Border, Math.Min(2, states)).CopyTo(row[Border..]);
                else if (Vector512.IsHardwareAccelerated) Step<Vector512<float>, Lanes512>(first + (t - 1) * width, skip, emitted, first + t * width, states, -1);
                else if (Vector256.IsHardwareAccelerated) Step<Vector256<float>, Lanes256>(first + (t - 1) * width, skip, emitted, first + t * width, states, -1);
                else if (Vector128.IsHardwareAccelerated) Step<Vector128<float>, Lanes128>(first + (t - 1) * width, skip, emitted, first + t * width, states, -1);
                else Step<float, ScalarLanes>(first + (t - 1) * width, skip, emitted, first + t * width, states, -1);
                shift += Lower(row, states);
            }
        }

        var last = alphas.Slice((time - 1) * width + Border, states);
        double end = last[^1], other = states > 1 ? last[^2] : Nothing, greatest = Math.Max(end, other);
        return shift + greatest + Math.Log(Math.Exp(end - greatest) + Math.Exp(other - greatest));
    }

    /// <summary>
    /// The gradient of minus that logarithm with respect to the logits that the logarithms are a softmax of: the softmax less the
    /// probability that the alignment is at a state of that class.
    /// </summary>
    /// <param name="logs">As in <see cref="Forward"/>.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="labels">The labelling.</param>
    /// <param name="blank">The class of the blank.</param>
    /// <param name="alphas">What forward has left.</param>
    /// <param name="working"><see cref="WorkingLength"/> floats.</param>
    /// <param name="most">The labels that the rows are made for.</param>
    /// <param name="scale">The factor of the gradient.</param>
    /// <param name="gradient">[time, classes].</param>
    public static void Backward(
        ReadOnlySpan<float> logs, int classes, ReadOnlySpan<int> labels, int blank, ReadOnlySpan<float> alphas, Span<float> working, int most, float scale, Span<float> gradient)
    {
        int width = Width(most), states = States(labels.Length), time = logs.Length / classes;
        Span<float> skips = working[..width], after = working.Slice(width, width), beta = working.Slice(2 * width, width);
        Span<float> emission = working.Slice(3 * width, width), shares = working.Slice(4 * width, width);
        FillSkips(labels, skips);
        after.Fill(Nothing);
        beta.Fill(Nothing);
        emission.Clear();
        beta.Slice(Border + Math.Max(0, states - 2), Math.Min(2, states)).Clear(); // an alignment ends at the last label or the last blank
        VectorMath.Exp(logs, gradient);
        fixed (float* skip = skips, from = after, to = beta)
        {
            for (int t = time - 1; t >= 0; t--)
            {
                var share = shares.Slice(0, states);
                System.Numerics.Tensors.TensorPrimitives.Add(alphas.Slice(t * width + Border, states), beta.Slice(Border, states), share);
                Lower(share);
                VectorMath.Exp(share, share);
                float sum = Reductions.Sum(share);
                var row = gradient.Slice(t * classes, classes);
                for (int state = 0; state < states; state++) row[Class(labels, blank, state)] -= share[state] / sum;
                System.Numerics.Tensors.TensorPrimitives.Multiply(row, scale, row);
                if (t == 0) break;

                ReadEmissions(logs.Slice(t * classes, classes), labels, blank, emission);
                System.Numerics.Tensors.TensorPrimitives.Add(beta.Slice(Border, states), emission.Slice(Border, states), after.Slice(Border, states));
                if (Vector512.IsHardwareAccelerated) Step<Vector512<float>, Lanes512>(from, skip, null, to, states, 1);
                else if (Vector256.IsHardwareAccelerated) Step<Vector256<float>, Lanes256>(from, skip, null, to, states, 1);
                else if (Vector128.IsHardwareAccelerated) Step<Vector128<float>, Lanes128>(from, skip, null, to, states, 1);
                else Step<float, ScalarLanes>(from, skip, null, to, states, 1);
                Lower(beta, states);
            }
        }
    }

    /// <summary>
    /// to[s] = log(e^from[s] + e^from[s ± 1] + e^(from[s ± 2] + skip)) + emission[s]. The skip is log 1 or log 0, at the later of the two states.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Step<TVector, TLanes>(float* from, float* skips, float* emission, float* to, int states, int direction)
        where TVector : struct
        where TLanes : ILanes<TVector>
    {
        for (int s = Border; s < Border + states; s += TLanes.Count)
        {
            TVector stay = TLanes.Load(from + s), step = TLanes.Load(from + s + direction);
            var leap = TLanes.Add(TLanes.Load(from + s + 2 * direction), TLanes.Load(skips + (direction < 0 ? s : s + 2)));
            var largest = TLanes.AtLeast(TLanes.AtLeast(stay, step), leap);
            var lowered = TLanes.Multiply(largest, TLanes.Broadcast(-1));
            var sum = TLanes.Add(
                TLanes.Add(VectorMath.Exp<TVector, TLanes>(TLanes.Add(stay, lowered)), VectorMath.Exp<TVector, TLanes>(TLanes.Add(step, lowered))),
                VectorMath.Exp<TVector, TLanes>(TLanes.Add(leap, lowered)));
            var result = TLanes.Add(largest, VectorMath.Log<TVector, TLanes>(sum));
            TLanes.Store(emission == null ? result : TLanes.Add(result, TLanes.Load(emission + s)), to + s);
        }

        new Span<float>(to + Border + states, Border).Fill(Nothing); // where the last vector has reached behind the states
    }

    /// <summary>log 1 at a label that may follow the label before it without a blank, log 0 everywhere else.</summary>
    private static void FillSkips(ReadOnlySpan<int> labels, Span<float> skips)
    {
        skips.Fill(Nothing);
        for (int i = 1; i < labels.Length; i++)
        {
            if (labels[i] != labels[i - 1]) skips[Border + 2 * i + 1] = 0;
        }
    }

    private static void ReadEmissions(ReadOnlySpan<float> logs, ReadOnlySpan<int> labels, int blank, Span<float> emission)
    {
        for (int state = 0; state < States(labels.Length); state++) emission[Border + state] = logs[Class(labels, blank, state)];
    }

    private static int Class(ReadOnlySpan<int> labels, int blank, int state) => state % 2 == 0 ? blank : labels[state / 2];

    private static float Lower(Span<float> row, int states) => Lower(row.Slice(Border, states));

    private static float Lower(Span<float> values)
    {
        float maximum = System.Numerics.Tensors.TensorPrimitives.Max(values);
        System.Numerics.Tensors.TensorPrimitives.Subtract(values, maximum, values);
        return maximum;
    }
}
