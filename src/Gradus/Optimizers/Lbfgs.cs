using System.Numerics.Tensors;

namespace Gradus;

/// <summary>
/// Limited-memory BFGS: the direction -H g, H being the inverse Hessian that the last few steps and changes of gradient suggest, and along it a line
/// search for a point that satisfies the strong Wolfe conditions.
/// </summary>
/// <remarks>
/// Nocedal and Wright 2006, "Numerical optimization", algorithms 7.4 (two-loop recursion) and 7.5. For losses without noise, that is over all
/// samples at once: small networks, style transfer, logistic regression. It asks for the loss several times in a step, so that it is no
/// <see cref="Optimizer"/>; it computes eagerly, and in double precision beside the loss and its gradient.
/// </remarks>
/// <example><code>
/// var optimizer = new Lbfgs(model.Parameters);
/// double loss = optimizer.Minimize(() => CrossEntropy.Of(model.Forward(x), labels));
/// </code></example>
public sealed class Lbfgs
{
    private readonly Parameter[] _parameters;
    private readonly int _history, _count;
    private readonly List<CurvaturePair> _pairs = [];

    /// <summary>L-BFGS over some parameters.</summary>
    /// <param name="parameters">What to train.</param>
    /// <param name="history">How many steps H is made from, at least 1.</param>
    public Lbfgs(IEnumerable<Parameter> parameters, int history = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(history, 1);
        _parameters = [.. parameters];
        if (_parameters.Length == 0) throw new ArgumentException("an optimizer needs at least one parameter", nameof(parameters));
        _history = history;
        _count = _parameters.Sum(parameter => parameter.Count);
    }

    /// <summary>Steps until the gradient is small, the loss no longer falls, or enough has been done.</summary>
    /// <param name="loss">Computes a scalar from the parameters, the same one whenever they are the same: no dropout, no new batch.</param>
    /// <param name="iterations">The most steps.</param>
    /// <param name="tolerance">Enough when no element of the gradient is larger.</param>
    /// <returns>The loss at the parameters as they are then.</returns>
    /// <exception cref="ArithmeticException">The loss is not finite where it begins.</exception>
    public double Minimize(Func<Tensor> loss, int iterations = 100, double tolerance = 1e-5)
    {
        var place = Start(loss);
        for (int i = 0; i < iterations && TensorPrimitives.MaxMagnitude<double>(place.Gradient) is var largest && Math.Abs(largest) > tolerance; i++)
        {
            if (Advance(loss, place) is not { } next) break;
            place = next;
        }

        return place.Loss;
    }

    /// <summary>Takes one step.</summary>
    /// <inheritdoc cref="Minimize" path="/param[@name='loss']"/>
    /// <returns>The loss after it; that before it where no step lowers the loss.</returns>
    /// <exception cref="ArithmeticException">The loss is not finite where it begins.</exception>
    public double Step(Func<Tensor> loss)
    {
        var place = Start(loss);
        return (Advance(loss, place) ?? place).Loss;
    }

    /// <summary>-H g by the two-loop recursion; -g without pairs.</summary>
    internal static double[] Direction(IReadOnlyList<CurvaturePair> pairs, ReadOnlySpan<double> gradient)
    {
        double[] q = gradient.ToArray();
        var shares = new double[pairs.Count];
        for (int i = pairs.Count - 1; i >= 0; i--)
        {
            shares[i] = TensorPrimitives.Dot<double>(pairs[i].Step, q) / pairs[i].Product;
            TensorPrimitives.MultiplyAdd(pairs[i].Change, -shares[i], q, q);
        }

        double scale = pairs.Count == 0 ? 1 : pairs[^1].Product / TensorPrimitives.SumOfSquares<double>(pairs[^1].Change);
        TensorPrimitives.Multiply(q, scale, q);
        for (int i = 0; i < pairs.Count; i++)
        {
            double share = TensorPrimitives.Dot<double>(pairs[i].Change, q) / pairs[i].Product;
            TensorPrimitives.MultiplyAdd(pairs[i].Step, shares[i] - share, q, q);
        }

        TensorPrimitives.Negate(q, q);
        return q;
    }

    private Place Start(Func<Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var values = new double[_count];
        int done = 0;
        foreach (var parameter in _parameters)
        {
            foreach (float value in parameter.Span) values[done++] = value;
        }

        var place = Evaluate(loss, values);
        if (!double.IsFinite(place.Loss)) throw new ArithmeticException($"L-BFGS begins at a loss of {place.Loss}; initialise the parameters anew");
        return place;
    }

    // The next place; null, with the parameters as they were, if there is none that is lower along the direction.
    private Place? Advance(Func<Tensor> loss, Place from)
    {
        double[] direction = Direction(_pairs, from.Gradient);
        double slope = TensorPrimitives.Dot<double>(direction, from.Gradient);
        if (!(slope < 0)) return null;
        // without curvature a gradient has no natural length: the first trial moves by 1 in all
        double first = _pairs.Count > 0 ? 1 : Math.Min(1, 1 / TensorPrimitives.SumOfMagnitudes<double>(from.Gradient));
        var found = StrongWolfe.Search(At, new Trial(0, from.Loss, slope, from), first);
        var place = (Place)found.Place;
        Write(place.Values);
        if (found.Length == 0)
        {
            _pairs.Clear(); // rounding has spoilt what H was made from: a further step begins with the gradient alone
            return null;
        }

        Remember(from, place);
        return place;

        Trial At(double length)
        {
            var values = new double[_count];
            TensorPrimitives.MultiplyAdd(direction, length, from.Values, values);
            var place = Evaluate(loss, values);
            return new Trial(length, place.Loss, TensorPrimitives.Dot<double>(direction, place.Gradient), place);
        }
    }

    private void Remember(Place from, Place to)
    {
        double[] step = new double[_count], change = new double[_count];
        TensorPrimitives.Subtract<double>(to.Values, from.Values, step);
        TensorPrimitives.Subtract<double>(to.Gradient, from.Gradient, change);
        double product = TensorPrimitives.Dot<double>(step, change);
        // H stays positive definite only with positive curvature, and rounding can spoil what Wolfe's second condition promises
        if (!(product > 1e-10 * TensorPrimitives.SumOfSquares<double>(change))) return;
        if (_pairs.Count == _history) _pairs.RemoveAt(0);
        _pairs.Add(new CurvaturePair(step, change, product));
    }

    private Place Evaluate(Func<Tensor> loss, double[] values)
    {
        Write(values);
        foreach (var parameter in _parameters) parameter.Gradient = null;
        var value = loss();
        value.Backward();
        var gradient = new double[_count];
        int done = 0;
        foreach (var parameter in _parameters)
        {
            if (parameter.Gradient is { } own) TensorPrimitives.ConvertTruncating<float, double>(own.Span, gradient.AsSpan(done));
            done += parameter.Count;
        }

        return new Place(values, value.Item(), gradient);
    }

    // What is remembered is what single precision made of it.
    private void Write(double[] values)
    {
        int done = 0;
        foreach (var parameter in _parameters)
        {
            var span = parameter.Span;
            for (int i = 0; i < span.Length; i++, done++) values[done] = span[i] = (float)values[done];
        }

        Parameter.NoteChange();
    }

    private sealed record Place(double[] Values, double Loss, double[] Gradient);
}

/// <summary>One remembered step.</summary>
/// <param name="Step">s, how far the parameters moved.</param>
/// <param name="Change">y, by how much the gradient changed.</param>
/// <param name="Product">s · y, above 0.</param>
internal sealed record CurvaturePair(double[] Step, double[] Change, double Product);
