using Gradus.Schedules;

namespace Gradus.Tests.Optimizers;

public class ScheduleTests
{
    [Theory, InlineData(0), InlineData(13), InlineData(50), InlineData(100)]
    public void Cosine_is_half_a_wave(long step)
    {
        Assert.Equal((1 + Math.Cos(Math.PI * step / 100)) / 2, new CosineSchedule(100).Factor(step), 1e-12);
        Assert.Equal(0.1 + 0.9 * (1 + Math.Cos(Math.PI * step / 100)) / 2, new CosineSchedule(100, floor: 0.1).Factor(step), 1e-12);
    }

    [Fact]
    public void Cosine_warms_up_in_equal_steps_and_stays_at_the_floor()
    {
        var schedule = new CosineSchedule(20, warmup: 4, floor: 0.25);
        Assert.Equal([0.2, 0.4, 0.6, 0.8, 1], Enumerable.Range(0, 5).Select(step => Math.Round(schedule.Factor(step), 12)));
        Assert.Equal(0.625, schedule.Factor(12), 1e-12);
        Assert.Equal(0.25, schedule.Factor(20), 1e-12);
        Assert.Equal(0.25, schedule.Factor(1000), 1e-12);
    }

    [Theory, InlineData(0, 1), InlineData(29, 1), InlineData(30, 0.5), InlineData(89, 0.25), InlineData(90, 0.125)]
    public void Step_falls_at_constant_distances(long step, double expected) => Assert.Equal(expected, new StepSchedule(30, 0.5).Factor(step), 1e-12);

    [Theory, InlineData(0), InlineData(7), InlineData(10), InlineData(95)]
    public void Exponential_falls_steadily(long step)
    {
        Assert.Equal(Math.Pow(0.9, step), new ExponentialSchedule(0.9).Factor(step), 1e-12);
        Assert.Equal(Math.Exp(step / 10.0 * Math.Log(0.5)), new ExponentialSchedule(0.5, every: 10).Factor(step), 1e-12);
    }

    // waves of 10, 20, 40 steps from 0, 10, 30
    [Theory]
    [InlineData(0, 0, 10), InlineData(9, 9, 10), InlineData(10, 0, 20), InlineData(29, 19, 20), InlineData(30, 0, 40), InlineData(69, 39, 40), InlineData(70, 0, 80)]
    public void Cosine_restarts_in_waves_of_growing_length(long step, double since, double length)
    {
        double wave = 0.1 + 0.9 * (1 + Math.Cos(Math.PI * since / length)) / 2;
        Assert.Equal(wave, new CosineRestartsSchedule(10, growth: 2, floor: 0.1).Factor(step), 1e-12);
    }

    [Fact]
    public void Cosine_restarts_in_equal_waves()
    {
        var schedule = new CosineRestartsSchedule(4, growth: 1);
        Assert.Equal([1, 0.5, 1, 0.5], new long[] { 0, 2, 4_000_000_000, 4_000_000_002 }.Select(step => Math.Round(schedule.Factor(step), 12)));
    }

    [Fact]
    public void Warm_up_rises_to_where_the_other_begins_and_goes_on_with_it()
    {
        var (warm, cosine) = (new WarmupSchedule(4, new CosineSchedule(16, floor: 0.25)), new CosineSchedule(20, warmup: 4, floor: 0.25));
        for (int step = 0; step < 25; step++) Assert.Equal(cosine.Factor(step), warm.Factor(step), 1e-12);
        double start = new OneCycleSchedule(100).Factor(0);
        Assert.Equal([start / 3, start * 2 / 3, start], Enumerable.Range(0, 3).Select(step => new WarmupSchedule(2, new OneCycleSchedule(100)).Factor(step)), Near);

        static bool Near(double expected, double actual) => Math.Abs(expected - actual) < 1e-12;
    }

    [Fact]
    public void Plateau_waits_for_its_patience_falls_and_waits_again()
    {
        Schedule schedule = new WarmupSchedule(2, new PlateauSchedule(patience: 2, decay: 0.5, improvement: 0.01, floor: 0.2)); // what listens is reached through the warm-up
        double[] losses = [1, 0.9, 0.895, 0.9, 0.899, 0.7, 0.7, double.NaN, 0.7, 0.7, 0.7, 0.7];
        var factors = new List<double>();
        foreach (double loss in losses)
        {
            schedule.Observe(loss);
            factors.Add(schedule.Factor(100));
        }

        Assert.Equal([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2], factors);
        Assert.Equal(0.2 / 3, schedule.Factor(0), 1e-12);
        Schedule other = new WarmupSchedule(2, new PlateauSchedule(2, 0.5, 0.01, 0.2));
        other.Restore(schedule.State);
        Assert.Equal((0.2, 3), (other.Factor(100), other.State.Count));
    }

    [Fact]
    public void One_cycle_starts_peaks_and_ends_where_the_paper_says()
    {
        var schedule = new OneCycleSchedule(100);
        Assert.Equal(1 / 25.0, schedule.Factor(0), 1e-12);
        Assert.Equal(1, schedule.Factor(29), 1e-12); // 0.3 · 100 - 1
        Assert.Equal(1 / 25.0 / 1e4, schedule.Factor(99), 1e-12);
        Assert.Equal(schedule.Factor(99), schedule.Factor(500), 1e-12);
        Assert.Equal((1 + 1 / 25.0) / 2, new OneCycleSchedule(110).Factor(16), 1e-12); // half-way up to 0.3 · 110 - 1
        Assert.Equal((1 + 1 / 25.0 / 1e4) / 2, schedule.Factor(64), 1e-12); // half-way down
    }

    [Fact]
    public void An_attached_schedule_scales_every_group()
    {
        var optimizer = new Sgd([new ParameterGroup([Parameter.Zeros([1])]) { LearningRate = 1 }, new ParameterGroup([Parameter.Zeros([1])]) { LearningRate = 0.1f }]);
        var schedule = new StepSchedule(2, 0.5).Attach(optimizer);
        for (int step = 0; step < 4; step++)
        {
            schedule.Apply();
            optimizer.Step();
        }

        Assert.Equal([0.5f, 0.05f], optimizer.Groups.Select(group => group.LearningRate));
    }
}
