namespace Gradus.Graph.Planning;

/// <summary>
/// Lays every intermediate value into one arena, so that values that are never alive together share memory: the largest
/// first, each at the lowest address that is free while it lives.
/// </summary>
/// <remarks>Greedy by size: Pisarchyk and Lee 2020, https://arxiv.org/abs/2001.03288, section 4.2.</remarks>
internal sealed class MemoryPlan
{
    private const int Alignment = 16; // floats: one cache line

    private readonly Dictionary<Value, Life> _lives = new(ReferenceEqualityComparer.Instance);

    /// <summary>Floats in the arena.</summary>
    public int ArenaLength { get; private set; }

    public static MemoryPlan Lay(IReadOnlyList<Instruction> instructions, IEnumerable<Value> outputs)
    {
        var plan = new MemoryPlan();
        foreach (var output in outputs) GiveOwnMemory(output.Root);
        for (int time = 0; time < instructions.Count; time++)
        {
            foreach (var value in instructions[time].Touches) plan.Touch(value, time);
        }

        plan.Place();
        return plan;
    }

    /// <summary>Memory outside the arena, unless the value has some already.</summary>
    public static void GiveOwnMemory(Value root)
    {
        if (root.IsExternal) return;
        root.IsExternal = true;
        root.Tensor.PointTo(Tensor.Allocate(root.Shape.Count, out int offset, zeroed: true), offset);
    }

    private void Touch(Value value, int time)
    {
        var root = value.Root;
        if (!_lives.TryGetValue(root, out var life)) _lives.Add(root, life = new Life(root, time));
        life.Last = time;
        if (!ReferenceEquals(root, value) && !life.Views.Contains(value)) life.Views.Add(value);
    }

    private void Place()
    {
        var placed = new List<Life>();
        foreach (var life in _lives.Values.Where(life => !life.Root.IsExternal).OrderByDescending(life => life.Length).ThenBy(life => life.First))
        {
            int offset = 0;
            foreach (var other in placed) // sorted by offset
            {
                if (other.First > life.Last || life.First > other.Last) continue;
                if (other.Offset - offset >= life.Length) break;
                offset = Math.Max(offset, other.Offset + other.Length);
            }

            life.Offset = offset;
            ArenaLength = Math.Max(ArenaLength, checked(offset + life.Length));
            int index = placed.FindIndex(other => other.Offset > offset);
            placed.Insert(index < 0 ? placed.Count : index, life);
        }

        var arena = Tensor.Allocate(ArenaLength, out int start, zeroed: false);
        foreach (var life in placed) life.Root.Tensor.PointTo(arena, start + life.Offset);
        PointViews();
    }

    /// <summary>Points views to their root's memory; needed again when an input's memory changes.</summary>
    public void PointViews()
    {
        foreach (var life in _lives.Values)
        {
            foreach (var view in life.Views) view.Tensor.PointTo(life.Root.Tensor.Array, life.Root.Tensor.Offset);
        }
    }

    private sealed class Life(Value root, int first)
    {
        public Value Root => root;

        public int First { get; } = first;

        public int Last { get; set; } = first;

        public int Length { get; } = (root.Shape.Count + Alignment - 1) / Alignment * Alignment;

        public int Offset { get; set; }

        public List<Value> Views { get; } = [];
    }
}
