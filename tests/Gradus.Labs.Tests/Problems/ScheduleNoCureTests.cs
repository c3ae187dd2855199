using Gradus.Labs.Problems;

namespace Gradus.Labs.Tests.Problems;

public class ScheduleNoCureTests : LabTests
{
    [Fact]
    public void One_sigmoid_layer_learns_under_a_schedule() => Assert.Equal(Labs.Outcome.Fails, Outcome(new ScheduleNoCure { Depth = 1, LearningRate = 0.1 }, "schedule-cures-vanishing"));
}
