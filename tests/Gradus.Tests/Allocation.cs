namespace Gradus.Tests;

/// <summary>Managed bytes that warm code allocates, on all threads.</summary>
internal static class Allocation
{
    private const int Rounds = 8;

    /// <summary>
    /// The least of several rounds: the test runner and the compiler's tiers allocate now and then on threads of their own, while
    /// code that allocates does so in every round.
    /// </summary>
    public static long OfWarm(Action step, int steps = 50)
    {
        for (int i = 0; i < steps; i++) step();
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < steps; i++) step();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }
}
