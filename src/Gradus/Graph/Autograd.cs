using Gradus.Kernels;

namespace Gradus.Graph;

/// <summary>Reverse-mode automatic differentiation: the chain rule over the recorded nodes, latest first.</summary>
/// <remarks>Baydin, Pearlmutter, Radul and Siskind 2018, https://arxiv.org/abs/1502.05767, section 3.2.</remarks>
public static class Autograd
{
    /// <summary>Accumulates the gradients of a scalar into every leaf that requires one.</summary>
    internal static void Backward(Tensor loss)
    {
        RequireScalar(loss);
        if (Trace.Current is { IsSymbolic: true } trace)
        {
            trace.AddBackward(loss);
            return;
        }

        foreach (var (tensor, gradient) in Walk(loss, []))
        {
            if (tensor.RequiresGradient) Accumulate(tensor, gradient);
        }
    }

    /// <summary>The gradients of a scalar with respect to any tensors, leaves or not; nothing is accumulated.</summary>
    /// <param name="loss">A tensor with one element.</param>
    /// <param name="tensors">The tensors; each must be one that the loss was computed from.</param>
    /// <exception cref="InvalidOperationException">The loss does not depend on one of them.</exception>
    public static Tensor[] Gradients(Tensor loss, params Tensor[] tensors)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(tensors);
        RequireScalar(loss);
        var gradients = Walk(loss, tensors);
        return [.. tensors.Select(tensor => gradients.TryGetValue(tensor, out var gradient)
            ? gradient
            : throw new InvalidOperationException($"the loss does not depend on the tensor {tensor.Shape}, or gradients were off when it was computed"))];
    }

    private static void RequireScalar(Tensor loss)
    {
        if (loss.Count != 1) throw new ShapeException($"Backward starts from one number, and {loss.Shape} has {loss.Count}: take .Sum() or .Mean() first");
        if (!loss.DependsOnParameters)
            throw new InvalidOperationException("Backward found nothing that requires a gradient: set RequiresGradient before computing, outside GradientMode.Off(). "
                + "Gradients themselves are not differentiable (second-order gradients are out of scope)");
    }

    private static Dictionary<Tensor, Tensor> Walk(Tensor loss, Tensor[] asked)
    {
        var gradients = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [loss] = Tensor.Full(loss.Shape, 1) };
        var keep = new HashSet<Tensor>(asked, ReferenceEqualityComparer.Instance);
        foreach (var node in BackwardOrder(loss))
        {
            var frame = node.Frame;
            frame.OutputGradients = [.. node.Outputs.Select(output => gradients.GetValueOrDefault(output))];
            if (System.Array.TrueForAll(frame.OutputGradients, gradient => gradient is null)) continue;
            Run(node, frame);
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                if (frame.InputGradients[i] is not { } gradient) continue;
                gradients[node.Inputs[i]] = gradients.TryGetValue(node.Inputs[i], out var earlier) ? Add(earlier, gradient) : gradient;
            }

            foreach (var output in node.Outputs)
            {
                if (!output.RequiresGradient && !keep.Contains(output)) gradients.Remove(output); // freed as soon as it is used up
            }

            frame.OutputGradients = frame.InputGradients = [];
        }

        return gradients;
    }

    private static void Run(Node node, Frame frame)
    {
        if (node.Signature.IsView)
        {
            var gradient = frame.OutputGradients[0]!;
            frame.InputGradients = [new Tensor(node.Inputs[0].Shape, gradient.Array, gradient.Offset)];
            return;
        }

        frame.InputGradients = [.. node.Inputs.Select(input => input.DependsOnParameters ? Tensor.Uninitialized(input.Shape) : null)];
        frame.BackwardScratchMemory = Node.Scratch(node.Signature.BackwardScratch);
        node.Operation.Backward(frame);
        frame.BackwardScratchMemory = null;
    }

    /// <summary>The nodes that a tensor depends on, latest first.</summary>
    internal static List<Node> BackwardOrder(Tensor loss)
    {
        var seen = new HashSet<Node>();
        var open = new Stack<Node>();
        Visit(loss);
        while (open.TryPop(out var node))
        {
            foreach (var input in node.Inputs) Visit(input);
        }

        return [.. seen.OrderByDescending(node => node.Number)];

        void Visit(Tensor tensor)
        {
            if (tensor.Producer is { WantsGradient: true } producer && seen.Add(producer)) open.Push(producer);
        }
    }

    // Never in place: an earlier gradient may be shared through a view.
    private static Tensor Add(Tensor a, Tensor b)
    {
        var sum = Tensor.Uninitialized(a.Shape);
        Elementwise.Add(a.Span, b.Span, sum.Span);
        return sum;
    }

    private static void Accumulate(Tensor tensor, Tensor gradient)
    {
        if (tensor.Gradient is { } earlier) Elementwise.Add(earlier.Span, gradient.Span, earlier.Span);
        else tensor.Gradient = gradient.Clone();
    }
}
