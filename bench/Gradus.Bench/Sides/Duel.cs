namespace Bench.Sides;

/// <summary>The turns of one side, in milliseconds (or MiB) each.</summary>
internal sealed class Turns
{
    private readonly List<double> _values = [];

    public double Median => _values.Order().ElementAt(_values.Count / 2);

    public double Best => _values.Min();

    public void Add(double value) => _values.Add(value);
}

/// <summary>Measures sides in alternation, A B A B: what disturbs the machine disturbs all of them alike.</summary>
internal static class Duel
{
    private const int Rest = 20; // ms: the threads of the side that has just stopped spin for a few before they sleep

    /// <summary>Milliseconds of a warm step, one <see cref="Turns"/> a side.</summary>
    public static Turns[] Steps(IReadOnlyList<ChildSide> sides, Effort effort)
    {
        int[] counts = [.. sides.Select(side => Math.Max(1, (int)(effort.TurnMilliseconds / side.Warm(effort.WarmMilliseconds))))];
        return Alternate(sides.Count, effort.Rounds, side =>
        {
            Thread.Sleep(Rest);
            sides[side].Steps(Math.Max(1, counts[side] / 10)); // its caches again, after the other side's turn
            return sides[side].Steps(counts[side]) / counts[side];
        });
    }

    /// <summary>Milliseconds from the start of a process to its first finished step.</summary>
    public static Turns[] Starts(IReadOnlyList<Func<ChildSide>> sides, Effort effort) =>
        Alternate(sides.Count, effort.Starts, side =>
        {
            using var child = sides[side]();
            return child.StartMilliseconds;
        });

    /// <summary>Peak resident set in MiB of a process that trains for a while.</summary>
    public static Turns[] Resident(IReadOnlyList<Func<ChildSide>> sides, Effort effort) =>
        Alternate(sides.Count, effort.Starts, side =>
        {
            using var child = sides[side]();
            child.Warm(effort.WarmMilliseconds);
            return child.Resident();
        });

    private static Turns[] Alternate(int sides, int rounds, Func<int, double> turn)
    {
        Turns[] all = [.. Enumerable.Range(0, sides).Select(_ => new Turns())];
        for (int round = 0; round < rounds; round++)
        {
            for (int side = 0; side < sides; side++) all[side].Add(turn(side));
        }

        return all;
    }
}
