using Gradus.Graph;

namespace Gradus.Ops.Chains;

/// <summary>
/// What a chain does with each piece, forward or backward, in order. Of the intermediate values backward needs those that the derivatives
/// read, and only those: forward keeps the costly ones, backward computes the others again.
/// </summary>
internal sealed class ChainSchedule
{
    private readonly ChainInput[] _inputs;
    private readonly ChainMember[] _members;
    private readonly ChainPlace[] _values, _gradients; // of the inputs and of the members' results; None until they are computed
    private readonly bool _isBackward;
    private readonly List<ChainStep> _steps = [];
    private readonly List<int> _saved = [];
    private int _fresh;

    private ChainSchedule(ChainInput[] inputs, ChainMember[] members, bool isBackward)
    {
        (_inputs, _members, _isBackward) = (inputs, members, isBackward);
        _values = new ChainPlace[inputs.Length + members.Length];
        _gradients = new ChainPlace[inputs.Length + members.Length];
    }

    public ChainStep[] Steps { get; private set; } = [];

    /// <summary>How many pieces of scratch memory the steps need.</summary>
    public int Slots { get; private set; }

    /// <summary>The values that backward reads and that cost more to compute again than to keep.</summary>
    public IReadOnlyList<int> Saved => _saved;

    /// <summary>What the steps read besides output gradients.</summary>
    public Reads Reads { get; private set; }

    /// <summary>Operands to values: the last member's result is the output.</summary>
    /// <param name="inputs">The tensors from outside.</param>
    /// <param name="members">The operations in order.</param>
    /// <param name="saved">The values to keep for backward.</param>
    public static ChainSchedule Forward(ChainInput[] inputs, ChainMember[] members, IReadOnlyList<int> saved)
    {
        var schedule = new ChainSchedule(inputs, members, isBackward: false);
        schedule._saved.AddRange(saved);
        schedule.Compute(inputs.Length + members.Length - 1, new ChainPlace(ChainMemory.Output));
        return schedule.Assigned();
    }

    /// <summary>The chain rule, last member first.</summary>
    public static ChainSchedule Backward(ChainInput[] inputs, ChainMember[] members)
    {
        var schedule = new ChainSchedule(inputs, members, isBackward: true);
        schedule._values[^1] = new ChainPlace(ChainMemory.Output);
        schedule._gradients[^1] = new ChainPlace(ChainMemory.OutputGradient);
        for (int member = members.Length - 1; member >= 0; member--)
        {
            if (members[member].WantsGradient) schedule.Derive(member);
        }

        return schedule.Assigned();
    }

    private ChainPlace ValueOf(int value)
    {
        if (_values[value].Memory != ChainMemory.None) return _values[value];
        if (value >= _inputs.Length) return ResultOf(value);
        if (IsWhole(value)) return _values[value] = new ChainPlace(ChainMemory.Input, value);
        _values[value] = Fresh();
        _steps.Add(new ChainStep(ChainAction.Expand) { Target = _values[value], Which = value });
        return _values[value];
    }

    private ChainPlace ResultOf(int value)
    {
        int saved = _saved.IndexOf(value);
        if (!_isBackward) return Compute(value, saved < 0 ? Fresh() : new ChainPlace(ChainMemory.Saved, saved));
        if (!_members[value - _inputs.Length].Operation.IsCostly) return Compute(value, Fresh());
        _saved.Add(value);
        return _values[value] = new ChainPlace(ChainMemory.Saved, _saved.Count - 1);
    }

    private ChainPlace Compute(int value, ChainPlace target)
    {
        var member = _members[value - _inputs.Length];
        var operands = System.Array.ConvertAll(member.Operands, ValueOf);
        _steps.Add(new ChainStep(ChainAction.Map) { Operation = member.Operation, A = operands[0], B = operands.ElementAtOrDefault(1), Target = target });
        return _values[value] = target;
    }

    private void Derive(int number)
    {
        var member = _members[number];
        int value = _inputs.Length + number;
        var operands = member.Operation.ReadsInputs ? System.Array.ConvertAll(member.Operands, ValueOf) : [];
        var step = new ChainStep(ChainAction.Derive)
        {
            Operation = member.Operation,
            A = operands.ElementAtOrDefault(0),
            B = operands.ElementAtOrDefault(1),
            Y = member.Operation.ReadsOutput ? ValueOf(value) : default,
            Gradient = _gradients[value],
        };
        for (int which = 0; which < member.Operands.Length; which++)
        {
            if (WantsGradient(member.Operands[which])) Contribute(member.Operands[which], step with { Which = which });
        }
    }

    // The first contribution is written where the gradient stays, a further one beside it and added.
    private void Contribute(int value, ChainStep derive)
    {
        bool repeats = value < _inputs.Length && !IsWhole(value), first = _gradients[value].Memory == ChainMemory.None;
        var target = repeats || !first || value >= _inputs.Length ? Fresh() : new ChainPlace(ChainMemory.InputGradient, value);
        _steps.Add(derive with { Target = target });
        if (repeats) _steps.Add(new ChainStep(ChainAction.Reduce) { A = target, Which = value });
        else if (first) _gradients[value] = target;
        else _steps.Add(new ChainStep(ChainAction.Add) { Target = _gradients[value], A = target });
    }

    private bool WantsGradient(int value) => value < _inputs.Length ? _inputs[value].WantsGradient : _members[value - _inputs.Length].WantsGradient;

    private bool IsWhole(int input) => _inputs[input].IsWhole;

    private ChainPlace Fresh() => new(ChainMemory.Scratch, _fresh++);

    // A slot is taken when it is first written and free again after its last use.
    private ChainSchedule Assigned()
    {
        var last = new int[_fresh];
        for (int i = 0; i < _steps.Count; i++)
        {
            foreach (var place in _steps[i].Places.Where(place => place.Memory == ChainMemory.Scratch)) last[place.Index] = i;
        }

        var slots = new int?[_fresh];
        var free = new SortedSet<int>();
        Steps = [.. _steps.Select((step, i) =>
        {
            var assigned = step.At(place => place.Memory == ChainMemory.Scratch ? place with { Index = slots[place.Index] ??= Take() } : place);
            for (int value = 0; value < _fresh; value++)
            {
                if (last[value] == i && slots[value] is { } slot) free.Add(slot);
            }

            return assigned;
        })];
        Reads = (Touches(ChainMemory.Input) || _steps.Exists(step => step.Action == ChainAction.Expand) ? Reads.Inputs : Reads.None)
            | (Touches(ChainMemory.Output) ? Reads.Outputs : Reads.None);
        return this;

        int Take()
        {
            if (free.Count == 0) return Slots++;
            int slot = free.Min;
            free.Remove(slot);
            return slot;
        }

        bool Touches(ChainMemory memory) => _steps.Exists(step => step.Places.Any(place => place.Memory == memory));
    }
}
