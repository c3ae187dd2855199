using Gradus.Graph.Planning;
using Gradus.Graph.Rewriting;

namespace Gradus.Graph;

/// <summary>The plans of one step, one for each combination of input shapes; the least recently used makes room.</summary>
internal sealed class PlanCache(Func<Tensor[], IntTensor[], Tensor[]> step, IReadOnlyList<Rewrite> rewrites)
{
    private const int Capacity = 8;

    private readonly List<(Shape[] Inputs, Shape[] Integers, Plan Plan)> _plans = [];

    /// <summary>Why the step cannot be captured; null while it can.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>Prepares every plan anew from the parameters as they are now.</summary>
    public void Prepare()
    {
        foreach (var (_, _, plan) in _plans) plan.Prepare();
    }

    /// <summary>The plan for inputs of these shapes, captured now if there is none; null if the step cannot be captured.</summary>
    public Plan? Find(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<IntTensor> integers)
    {
        if (Obstacle is not null) return null;
        for (int i = 0; i < _plans.Count; i++)
        {
            if (!Fits(_plans[i].Inputs, _plans[i].Integers, inputs, integers)) continue;
            var hit = _plans[i];
            if (i > 0)
            {
                _plans.RemoveAt(i);
                _plans.Insert(0, hit);
            }

            return hit.Plan;
        }

        return Capture(inputs.ToArray(), integers.ToArray());
    }

    private Plan? Capture(Tensor[] inputs, IntTensor[] integers)
    {
        try
        {
            var plan = Plan.Capture(step, inputs, integers, rewrites);
            if (_plans.Count == Capacity) _plans.RemoveAt(Capacity - 1);
            _plans.Insert(0, (System.Array.ConvertAll(inputs, input => input.Shape), System.Array.ConvertAll(integers, input => input.Shape), plan));
            return plan;
        }
        catch (NotCapturableException obstacle)
        {
            Obstacle = obstacle.Message;
            return null;
        }
    }

    private static bool Fits(Shape[] shapes, Shape[] integerShapes, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<IntTensor> integers)
    {
        if (shapes.Length != inputs.Length || integerShapes.Length != integers.Length) return false;
        for (int i = 0; i < shapes.Length; i++) if (shapes[i] != inputs[i].Shape) return false;
        for (int i = 0; i < integerShapes.Length; i++) if (integerShapes[i] != integers[i].Shape) return false;
        return true;
    }
}
