using System.Numerics.Tensors;
using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus;

/// <summary>Changes parameters by their gradients. One rule a file: see <see cref="Sgd"/>.</summary>
public abstract class Optimizer
{
    private readonly Dictionary<Parameter, Tensor[]> _state = new(ReferenceEqualityComparer.Instance);
    private Piece[]? _pieces;
    private double[]? _squares;
    private float _scale;

    /// <summary>One group of parameters at one learning rate.</summary>
    protected Optimizer(IEnumerable<Parameter> parameters, float learningRate, float weightDecay)
        : this([new ParameterGroup(parameters) { LearningRate = learningRate, WeightDecay = weightDecay }])
    {
    }

    /// <summary>Several groups, each with its own learning rate and weight decay.</summary>
    protected Optimizer(IReadOnlyList<ParameterGroup> groups)
    {
        Groups = groups;
        if (groups.Count == 0 || groups.All(group => group.Parameters.Count == 0)) throw new ArgumentException("an optimizer needs at least one parameter", nameof(groups));
    }

    /// <summary>The groups of parameters.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>How many steps have been taken.</summary>
    public long Steps { get; set; }

    /// <summary>Clips every gradient element to [-value, value] before a step; null for none.</summary>
    public float? ClipValue { get; set; }

    /// <summary>Scales all gradients so that their common Euclidean norm is at most this; null for none.</summary>
    /// <remarks>Pascanu, Mikolov and Bengio 2013, https://arxiv.org/abs/1211.5063, algorithm 1.</remarks>
    public float? ClipNorm { get; set; }

    /// <summary>What the next steps multiply all gradients by before anything else, so that a sum over samples becomes their mean.</summary>
    internal float GradientScale { get; set; } = 1;

    /// <summary>The tensors kept for one parameter (momentum, second moment), in the optimizer's own order; for checkpoints.</summary>
    public IReadOnlyList<Tensor> StateOf(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (_state.TryGetValue(parameter, out var state)) return state;
        state = [.. Enumerable.Range(0, StatesPerParameter).Select(_ => Tensor.Zeros(parameter.Shape))];
        _state.Add(parameter, state);
        return state;
    }

    /// <summary>Sets every gradient to none, so that the next <see cref="Tensor.Backward"/> starts afresh.</summary>
    public void ZeroGradient()
    {
        if (Trace.Current is { IsSymbolic: true } trace)
        {
            trace.AddZeroGradient(this);
            return;
        }

        for (int i = 0; i < Groups.Count; i++) // not foreach: an interface's enumerator is an allocation
        {
            for (int j = 0; j < Groups[i].Parameters.Count; j++) Groups[i].Parameters[j].Gradient = null;
        }
    }

    /// <summary>Takes one step: parameters without a gradient stay as they are.</summary>
    public void Step()
    {
        if (Trace.Current is { IsSymbolic: true } trace)
        {
            trace.AddStep(this);
            return;
        }

        _pieces ??= Cut();
        if (GradientScale != 1) Scale(GradientScale);
        if (ClipValue is not null || ClipNorm is not null) Clip();
        Steps++;
        Parameter.NoteChange();
        BeginStep();
        Workers.Run(_pieces.Length, this, static (optimizer, tile) => optimizer.Update(tile));
        for (int i = 0; i < Groups.Count; i++)
        {
            for (int j = 0; j < Groups[i].Constraints.Count; j++) Project(Groups[i], Groups[i].Constraints[j]);
        }
    }

    /// <summary>How many tensors of the parameter's shape the rule keeps.</summary>
    protected abstract int StatesPerParameter { get; }

    /// <summary>Computes what depends only on <see cref="Steps"/>, such as bias corrections.</summary>
    protected virtual void BeginStep() { }

    /// <summary>Updates one run of a parameter's elements, and what is kept for them, in place.</summary>
    protected abstract void Update(ParameterGroup group, Span<float> values, ReadOnlySpan<float> gradient, OptimizerState state);

    private void Update(int tile)
    {
        ref var piece = ref _pieces![tile];
        for (int i = piece.First; i < piece.First + piece.Parameters; i++)
        {
            var (group, parameter, state) = piece.All[i];
            if (parameter.Gradient is not { } gradient) continue;
            int length = Math.Min(piece.Length, parameter.Count - piece.Start);
            Span<float> values = parameter.Span.Slice(piece.Start, length), slopes = gradient.Span.Slice(piece.Start, length);
            for (int j = 0; j < group.Penalties.Count; j++) group.Penalties[j].AddGradient(values, slopes);
            Update(group, values, slopes, new OptimizerState(state, piece.Start, length));
            for (int j = 0; j < group.Penalties.Count; j++) group.Penalties[j].Shrink(values, group.LearningRate);
        }
    }

    // Large parameters are cut, small ones are bundled, so that each tile is worth handing to a thread.
    private Piece[] Cut()
    {
        const int Size = 16384;
        var all = Groups.SelectMany(group => group.Parameters.Select(parameter => (group, parameter, StateOf(parameter).ToArray()))).ToArray();
        var pieces = new List<Piece>();
        for (int i = 0, bundled; i < all.Length; i += bundled)
        {
            bundled = 1;
            int count = all[i].parameter.Count;
            for (int start = 0; start < count && count > Size; start += Size) pieces.Add(new Piece(all, i, 1, start, Size));
            if (count > Size) continue;
            while (i + bundled < all.Length && count + all[i + bundled].parameter.Count <= Size) count += all[i + bundled++].parameter.Count;
            pieces.Add(new Piece(all, i, bundled, 0, Size));
        }

        return [.. pieces];
    }

    private static void Project(ParameterGroup group, Constraint constraint)
    {
        for (int i = 0; i < group.Parameters.Count; i++)
        {
            var parameter = group.Parameters[i];
            if (parameter.Shape.Rank < 2 || parameter.Gradient is null) continue;
            int units = parameter.Shape[0], length = parameter.Count / Math.Max(1, units);
            Tiles.Run(Tiles.Rows(units, length), parameter.Count, (constraint, parameter, length), static (state, tile) =>
            {
                int rows = Tiles.RowsPerTile(state.length), end = Math.Min(state.parameter.Shape[0], (tile + 1) * rows);
                for (int unit = tile * rows; unit < end; unit++) state.constraint.Project(state.parameter.Span.Slice(unit * state.length, state.length));
            });
        }
    }

    // Squares are summed in the order of the pieces: the same bits on any number of threads.
    private void Clip()
    {
        int pieces = _pieces!.Length;
        if (ClipValue is not null)
        {
            Workers.Run(pieces, this, static (optimizer, tile) => optimizer.ForEachGradient(tile, static (optimizer, _, gradient) =>
                TensorPrimitives.Clamp(gradient, -optimizer.ClipValue!.Value, optimizer.ClipValue.Value, gradient)));
        }

        if (ClipNorm is not { } limit) return;
        _squares ??= new double[pieces];
        Workers.Run(pieces, this, static (optimizer, tile) =>
        {
            optimizer._squares![tile] = 0;
            optimizer.ForEachGradient(tile, static (optimizer, tile, gradient) => optimizer._squares![tile] += SumOfSquares(gradient));
        });
        double squares = 0;
        foreach (double square in _squares) squares += square;
        double norm = Math.Sqrt(squares);
        if (norm > limit) Scale((float)(limit / norm));
    }

    private void Scale(float factor)
    {
        _scale = factor;
        Workers.Run(_pieces!.Length, this, static (optimizer, tile) => optimizer.ForEachGradient(tile, static (optimizer, _, gradient) =>
            TensorPrimitives.Multiply(gradient, optimizer._scale, gradient)));
    }

    // Runs short enough that their single-precision sums lose nothing that matters are added in double precision.
    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        const int Run = 256;
        double sum = 0;
        for (; values.Length > Run; values = values[Run..]) sum += TensorPrimitives.SumOfSquares(values[..Run]);
        return sum + TensorPrimitives.SumOfSquares(values);
    }

    private delegate void GradientAction(Optimizer optimizer, int tile, Span<float> gradient);

    private void ForEachGradient(int tile, GradientAction action)
    {
        ref var piece = ref _pieces![tile];
        for (int i = piece.First; i < piece.First + piece.Parameters; i++)
        {
            var parameter = piece.All[i].Parameter;
            if (parameter.Gradient is { } gradient) action(this, tile, gradient.Span.Slice(piece.Start, Math.Min(piece.Length, parameter.Count - piece.Start)));
        }
    }

    private readonly record struct Piece((ParameterGroup Group, Parameter Parameter, Tensor[] State)[] All, int First, int Parameters, int Start, int Length);
}
