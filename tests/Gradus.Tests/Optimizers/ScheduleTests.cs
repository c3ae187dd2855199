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
