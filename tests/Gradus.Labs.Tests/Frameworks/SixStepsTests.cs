using Gradus.Labs.Frameworks;

namespace Gradus.Labs.Tests.Frameworks;

public class SixStepsTests : LabTests
{
    [Fact]
    public void A_folder_whose_files_are_misplaced_teaches_nothing() => Assert.Equal(Labs.Outcome.Fails, Outcome(new SixSteps { Misplaced = 0.9 }, "six-steps-classify-a-folder"));
}
