using Gradus.Graph;
using Gradus.Kernels;

namespace Gradus.Ops;

/// <summary>
/// log Z - score(y) of every sequence: minus the logarithm of the probability e^score(y) / Z that a linear chain gives to its tags,
/// where Z sums over all tag sequences; or log Z alone. d log Z / d emission[t, j] is the probability of tag j at step t,
/// d log Z / d transition[i, j] the expected number of steps from i to j.
/// </summary>
/// <remarks>
/// Lafferty, McCallum and Pereira 2001, "Conditional random fields", section 3; Sutton and McCallum 2012, https://arxiv.org/abs/1011.4088,
/// equations 4.1 to 4.8.
/// </remarks>
/// <param name="tagged">Whether a score is subtracted.</param>
internal sealed class LinearChainLikelihood(bool tagged) : Operation
{
    private const int Emissions = 0, Transitions = 1, Start = 2, End = 3;
    private const int MostGroups = 16; // of sequences: each has a sum of gradients, added up in their order

    public override object Settings => tagged;

    // inputs: emissions [batch, time, tags], transitions [tags, tags], start and end [tags]; integers: tags [batch, time] if tagged, lengths [batch]
    protected internal override Signature Infer(ReadOnlySpan<Shape> inputs)
    {
        var x = inputs[Emissions];
        Require(x.Rank == 3 && x[2] >= 1, $"a linear chain expects emissions [batch, time, tags] with at least one tag; got {x}");
        int tags = x[2];
        Require(
            inputs[Transitions] == [tags, tags] && inputs[Start] == [tags] && inputs[End] == [tags],
            $"emissions {x} need transitions [{tags}, {tags}], start and end scores [{tags}]; got {inputs[Transitions]}, {inputs[Start]} and {inputs[End]}");
        int groups = Groups(x[0]);
        return new Signature([x[0]])
        {
            Saved = [[x[0], x[1], LinearChain.Width(tags)], [LinearChain.PreparedLength(tags)]], // the forward recursion's rows; e to the transitions
            Scratch = groups * LinearChain.WorkingLength(tags),
            BackwardScratch = groups * (LinearChain.WorkingLength(tags) + LinearChain.PartialLength(tags)),
            BackwardReads = Reads.Inputs,
        };
    }

    protected internal override void Forward(Frame f)
    {
        var shape = f.InputShape(Emissions);
        RequireIntegers(f, shape[0], shape[1], shape[2]);
        LinearChain.Prepare(f.Input(Transitions), f.Input(Start), f.Input(End), f.Saved(1));
        ForGroups(f, static (operation, f, group, first, count) => operation.ForwardGroup(f, group, first, count));
    }

    protected internal override void Backward(Frame f)
    {
        int tags = f.InputShape(Emissions)[2], groups = Groups(f.InputShape(Emissions)[0]);
        ForGroups(f, static (operation, f, group, first, count) => operation.BackwardGroup(f, group, first, count));
        LinearChain.Sum(
            f.BackwardScratch[..(groups * LinearChain.PartialLength(tags))], f.Saved(1), tags, f.InputGradient(Transitions), f.InputGradient(Start), f.InputGradient(End));
    }

    private unsafe void ForwardGroup(Frame f, int group, int first, int count)
    {
        int time = f.InputShape(Emissions)[1], tags = f.InputShape(Emissions)[2];
        var working = f.Scratch.Slice(group * LinearChain.WorkingLength(tags), LinearChain.WorkingLength(tags));
        fixed (float* emissions = f.Input(Emissions), transitions = f.Input(Transitions), alphas = f.Saved(0), prepared = f.Saved(1), memory = working)
        {
            var chain = new LinearChain.Chain(emissions, transitions, prepared, alphas, time, tags);
            for (int sequence = first; sequence < first + count; sequence++)
            {
                int length = Length(f, sequence, time);
                f.Output[sequence] = length == 0 ? 0 : (float)(LinearChain.Forward(chain, sequence, length, memory) - Score(f, sequence, length));
            }
        }
    }

    private unsafe void BackwardGroup(Frame f, int group, int first, int count)
    {
        int time = f.InputShape(Emissions)[1], tags = f.InputShape(Emissions)[2];
        int each = LinearChain.PartialLength(tags), groups = Groups(f.InputShape(Emissions)[0]);
        var sums = f.BackwardScratch.Slice(group * each, each);
        var working = f.BackwardScratch.Slice(groups * each + group * LinearChain.WorkingLength(tags), LinearChain.WorkingLength(tags));
        sums.Clear();
        fixed (float* emissions = f.Input(Emissions), transitions = f.Input(Transitions), alphas = f.Saved(0), prepared = f.Saved(1))
        fixed (float* partial = sums, memory = working, gradient = f.InputGradient(Emissions))
        fixed (int* given = f.Integers(0))
        {
            var chain = new LinearChain.Chain(emissions, transitions, prepared, alphas, time, tags);
            for (int sequence = first; sequence < first + count; sequence++)
            {
                int length = Length(f, sequence, time);
                float* own = gradient == null ? null : gradient + (nint)sequence * time * tags;
                if (own != null) new Span<float>(own + length * tags, (time - length) * tags).Clear();
                if (length == 0) continue;
                LinearChain.Backward(chain, sequence, length, tagged ? given + sequence * time : null, f.OutputGradient[sequence], own, partial, memory);
            }
        }
    }

    private double Score(Frame f, int sequence, int length)
    {
        if (!tagged) return 0;
        int time = f.InputShape(Emissions)[1], tags = f.InputShape(Emissions)[2];
        var given = f.Integers(0).Slice(sequence * time, length);
        var emissions = f.Input(Emissions)[(sequence * time * tags)..];
        double score = f.Input(Start)[given[0]] + f.Input(End)[given[^1]];
        for (int t = 0; t < length; t++) score += emissions[t * tags + given[t]];
        for (int t = 1; t < length; t++) score += f.Input(Transitions)[given[t - 1] * tags + given[t]];
        return score;
    }

    /// <summary>The given length; without one, the steps before the first tag below 0.</summary>
    private int Length(Frame f, int sequence, int time)
    {
        var lengths = f.Integers(tagged ? 1 : 0);
        if (!lengths.IsEmpty) return lengths[sequence];
        if (!tagged) return time;
        int end = f.Integers(0).Slice(sequence * time, time).IndexOfAnyInRange(int.MinValue, -1);
        return end < 0 ? time : end;
    }

    private void RequireIntegers(Frame f, int batch, int time, int tags)
    {
        ReadOnlySpan<int> lengths = f.Integers(tagged ? 1 : 0), given = tagged ? f.Integers(0) : [];
        Require(lengths.IsEmpty || lengths.Length == batch, $"{f.InputShape(Emissions)} emissions need {batch} lengths; got {lengths.Length}");
        Require(!tagged || given.Length == batch * time, $"{f.InputShape(Emissions)} emissions need tags [{batch}, {time}]; got {given.Length}");
        foreach (int length in lengths)
        {
            if ((uint)length > (uint)time) throw new ArgumentOutOfRangeException(nameof(f), $"a length of {length} is outside 0 to {time}, the steps of {f.InputShape(Emissions)}");
        }

        for (int sequence = 0; sequence < batch && tagged; sequence++)
        {
            int length = Length(f, sequence, time);
            for (int t = 0; t < time; t++)
            {
                int tag = given[sequence * time + t];
                if (t < length && (uint)tag >= (uint)tags)
                    throw new ArgumentOutOfRangeException(nameof(f), $"tag {tag} at [{sequence}, {t}] is outside 0 to {tags - 1}, the tags of the chain");
                if (t >= length && lengths.IsEmpty && tag >= 0)
                    throw new ArgumentException($"tag {tag} at [{sequence}, {t}] stands behind the end of its sequence, which a tag below 0 has set at step {length}");
            }
        }
    }

    private void ForGroups(Frame f, Action<LinearChainLikelihood, Frame, int, int, int> body)
    {
        var shape = f.InputShape(Emissions);
        Tiles.Run(Groups(shape[0]), (long)shape.Count * (shape[2] + 16), (this, f, body, batch: shape[0]), static (s, group) =>
        {
            int groups = Groups(s.batch), first = (int)((long)s.batch * group / groups);
            s.body(s.Item1, s.f, group, first, (int)((long)s.batch * (group + 1) / groups) - first);
        });
    }

    private static int Groups(int batch) => Math.Min(batch, MostGroups);
}

/// <summary>Linear chains over tensors.</summary>
public static class LinearChainLikelihoodExtensions
{
    extension(Tensor emissions)
    {
        /// <summary>Minus the logarithm of each tag sequence's probability, [batch], for emissions <c>[batch, time, tags]</c>.</summary>
        /// <param name="transitions"><c>[tags, tags]</c>: the score of going from the row's tag to the column's.</param>
        /// <param name="start"><c>[tags]</c>: the score of a sequence's first tag.</param>
        /// <param name="end"><c>[tags]</c>: the score of its last tag.</param>
        /// <param name="tags"><c>[batch, time]</c>. Without lengths, a tag below 0 ends its sequence.</param>
        /// <param name="lengths"><c>[batch]</c>, each from 0 to time; what stands behind is not read. An empty sequence has the loss 0.</param>
        /// <exception cref="ShapeException">The shapes do not fit together.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A tag or a length is out of range.</exception>
        public Tensor LinearChainNegativeLogLikelihood(Tensor transitions, Tensor start, Tensor end, IntTensor tags, IntTensor? lengths = null) =>
            new LinearChainLikelihood(tagged: true).ApplyAll([emissions, transitions, start, end], lengths is null ? [tags] : [tags, lengths])[0];

        /// <summary>log Z of each sequence, [batch]: the logarithm of the sum of e^score over all its tag sequences.</summary>
        /// <param name="transitions"><c>[tags, tags]</c>: the score of going from the row's tag to the column's.</param>
        /// <param name="start"><c>[tags]</c>: the score of a sequence's first tag.</param>
        /// <param name="end"><c>[tags]</c>: the score of its last tag.</param>
        /// <param name="lengths"><c>[batch]</c>, each from 0 to time; null if all sequences are full. An empty sequence has 0.</param>
        /// <exception cref="ShapeException">The shapes do not fit together.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A length is out of range.</exception>
        public Tensor LinearChainLogPartition(Tensor transitions, Tensor start, Tensor end, IntTensor? lengths = null) =>
            new LinearChainLikelihood(tagged: false).ApplyAll([emissions, transitions, start, end], lengths is null ? [] : [lengths])[0];
    }
}
