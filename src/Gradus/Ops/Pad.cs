using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>A tensor with a border: constant, or made of its own elements, which then get the border's gradient too.</summary>
internal sealed class Pad : Operation
{
    private readonly int[] _before, _after;
    private readonly PaddingMode _mode;
    private readonly float _value;

    public Pad(ReadOnlySpan<(int Before, int After)> amounts, PaddingMode mode, float value)
    {
        (_before, _after, _mode, _value) = (new int[amounts.Length], new int[amounts.Length], mode, value);
        for (int axis = 0; axis < amounts.Length; axis++) (_before[axis], _after[axis]) = amounts[axis];
    }

    public override object Settings => (string.Join(',', _before), string.Join(',', _after), _mode, _value);

    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[0];
        Require(_before.Length == x.Rank && x.Rank <= Padding.MaximumRank, $"padding {x} needs a pair of numbers for each of its {x.Rank} axes (at most {Padding.MaximumRank}); got {_before.Length}");
        int[] sizes = x.Sizes.ToArray();
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            int before = _before[axis], after = _after[axis], most = _mode switch { PaddingMode.Constant => int.MaxValue, PaddingMode.Reflect => x[axis] - 1, _ => x[axis] == 0 ? 0 : int.MaxValue };
            Require(before >= 0 && after >= 0, $"padding is at least 0; got ({before}, {after}) for axis {axis} of {x}: use Slice to cut");
            Require(Math.Max(before, after) <= Math.Max(most, 0), $"axis {axis} of {x} has no elements for a border of ({before}, {after}) by {_mode}: at most {Math.Max(most, 0)}");
            sizes[axis] = checked(sizes[axis] + before + after);
        }

        var output = Shape.Of(sizes);
        return new Signature(output)
        {
            BackwardReads = Reads.None,
            BackwardScratch = _mode == PaddingMode.Constant ? 0 : output.Count, // dy, in which the borders are folded back
        };
    }

    protected internal override void Forward(Frame f) => Kernel(f).Forward(f.Input(0), f.Output);

    protected internal override void Backward(Frame f)
    {
        if (_mode == PaddingMode.Constant)
        {
            Span<int> strides = stackalloc int[Padding.MaximumRank];
            int step = 1, start = 0;
            for (int axis = f.OutputShape.Rank - 1; axis >= 0; axis--)
            {
                strides[axis] = step;
                start += _before[axis] * step;
                step *= f.OutputShape[axis];
            }

            StridedCopy.Gather(f.OutputGradient, start, strides[..f.OutputShape.Rank], f.InputGradient(0), f.InputShape(0).Sizes);
            return;
        }

        f.OutputGradient.CopyTo(f.BackwardScratch);
        Kernel(f).Backward(f.BackwardScratch, f.InputGradient(0));
    }

    private Padding Kernel(Frame f) => new(f.InputShape(0).Sizes, _before, _after, _mode, _value);
}

/// <summary>Borders around tensors.</summary>
public static class PadExtensions
{
    extension(Tensor x)
    {
        /// <summary>A border around a tensor: <c>[3, 5]</c> with <c>[(1, 1), (0, 2)]</c> becomes <c>[5, 7]</c>.</summary>
        /// <param name="amounts">For each axis, how many elements come before it and behind it, each at least 0.</param>
        /// <param name="mode">What stands in the border.</param>
        /// <param name="value">The number for <see cref="PaddingMode.Constant"/>.</param>
        /// <exception cref="ShapeException">There is not a pair for each axis, or a mirror would have to show more than there is.</exception>
        public Tensor Pad(ReadOnlySpan<(int Before, int After)> amounts, PaddingMode mode = PaddingMode.Constant, float value = 0) =>
            new Pad(amounts, mode, value).Apply(x);

        /// <summary>A border around pictures <c>[..., h, w]</c>, which become <c>[..., top + h + bottom, left + w + right]</c>.</summary>
        /// <param name="padding">The border's sides, each at least 0.</param>
        /// <param name="mode">What stands in the border.</param>
        /// <param name="value">The number for <see cref="PaddingMode.Constant"/>.</param>
        /// <exception cref="ShapeException">There are less than two axes, or a mirror would have to show more than there is.</exception>
        public Tensor Pad(Padding2d padding, PaddingMode mode = PaddingMode.Constant, float value = 0)
        {
            if (x.Shape.Rank < 2) throw new ShapeException($"a picture's border needs [..., h, w]; got {x.Shape}");
            var amounts = new (int, int)[x.Shape.Rank];
            (amounts[^2], amounts[^1]) = ((padding.Top, padding.Bottom), (padding.Left, padding.Right));
            return new Pad(amounts, mode, value).Apply(x);
        }
    }
}
