using Gradus.Labs.Programming;

namespace Gradus.Labs.Tests.Programming;

public class CnnOnPhotographsTests : LabTests
{
    [Fact]
    public void A_rate_of_one_learns_nothing() => Assert.Equal(Labs.Outcome.Fails, Outcome(new CnnOnPhotographs { LearningRate = 1 }, "cnn-classifies-photographs"));
}
