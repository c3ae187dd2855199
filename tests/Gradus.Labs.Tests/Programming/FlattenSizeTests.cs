using Gradus.Labs.Programming;

namespace Gradus.Labs.Tests.Programming;

public class FlattenSizeTests : LabTests
{
    [Fact]
    public void Larger_pictures_do_leave_seven_by_seven() => Assert.Equal(Labs.Outcome.Fails, Outcome(new FlattenSize { Side = 36 }, "seven-by-seven-fits"));

    [Fact]
    public void Digits_with_same_padding_do_too() => Assert.Equal(Labs.Outcome.Fails, Outcome(new FlattenSize { Side = 28, SamePadding = true }, "seven-by-seven-fits"));
}
