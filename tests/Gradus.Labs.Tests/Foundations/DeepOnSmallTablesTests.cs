using Gradus.Labs.Foundations;

namespace Gradus.Labs.Tests.Foundations;

public class DeepOnSmallTablesTests : LabTests
{
    [Fact]
    public void Where_no_plane_separates_the_classes_the_deep_network_wins() => Assert.Equal(Labs.Outcome.Fails, Outcome(new DeepOnSmallTables { CurvedBoundary = true }, "deep-is-always-better"));
}
