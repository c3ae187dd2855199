namespace Gradus.Schedules;

/// <summary>
/// Half cosine waves from 1 down to a floor, each followed by a jump back to 1: factor = floor + (1 - floor) (1 + cos(π t / T)) / 2 with
/// t the steps since the last restart and T the length of the present wave.
/// </summary>
/// <remarks>Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983, equation 5.</remarks>
public sealed class CosineRestartsSchedule : Schedule
{
    private readonly long _first;
    private readonly int _growth;
    private readonly double _floor;

    /// <summary>Waves of the same or of growing length.</summary>
    /// <param name="first">The steps of the first wave, T₀; at least 1.</param>
    /// <param name="growth">How many times longer each wave is than the one before, T_mult; at least 1.</param>
    /// <param name="floor">What a wave falls to.</param>
    public CosineRestartsSchedule(long first, int growth = 2, double floor = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(growth, 1);
        (_first, _growth, _floor) = (first, growth, floor);
    }

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        double length = _first, since = step; // whole numbers far beyond any training are exact in a double
        if (_growth == 1) since = step % _first;
        else
        {
            for (; since >= length; length *= _growth) since -= length;
        }

        return Anneal(1, _floor, since / length);
    }
}
