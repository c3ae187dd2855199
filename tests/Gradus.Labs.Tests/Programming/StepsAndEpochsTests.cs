using Gradus.Labs.Programming;

namespace Gradus.Labs.Tests.Programming;

public class StepsAndEpochsTests : LabTests
{
    [Fact]
    public void Hundreds_of_steps_do_get_there() => Assert.Equal(Labs.Outcome.Fails, Outcome(new StepsAndEpochs { Steps = 150 }, "ten-full-batch-steps-are-enough"));
}
