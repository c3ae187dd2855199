using SkiaSharp;

namespace Gradus.Plots.Tests;

public class PlotFontTests
{
    [Theory]
    [InlineData("梯度 gradient 0.1")]
    [InlineData("训练集 验证集 损失 准确率 混淆矩阵 学习率 卷积 注意力 过拟合 鳄 鹦鹉")]
    [InlineData("∂L/∂θ ≈ 1×10³ ± σ² – … → ≤ α β η λ ∇ ∑")]
    [InlineData("(），。：；！？“”《》")]
    public void Every_character_has_a_glyph(string text) => Assert.True(PlotFont.Draws(text));

    [Fact]
    public void A_character_outside_the_subset_is_told() => Assert.False(PlotFont.Draws("🦜"));

    [Theory, InlineData("梯度"), InlineData("gradient"), InlineData("0.1")]
    public void Text_leaves_ink_and_different_text_different_ink(string text)
    {
        using var drawn = Draw(text);
        using var other = Draw("一");
        Assert.True(PlotFolder.Inked(drawn, new SKRectI(0, 0, 200, 40)) > 50);
        Assert.False(PlotFolder.Same(drawn, other));
    }

    [Theory, InlineData("a rather long name"), InlineData("很长很长的类别名称")]
    public void Shortened_text_fits_and_ends_in_an_ellipsis(string text)
    {
        var shortened = CanvasText.Shorten(text, 60, 15);
        Assert.EndsWith("…", shortened);
        Assert.True(CanvasText.Width(shortened, 15) <= 60);
        Assert.Equal(text, CanvasText.Shorten(text, 1000, 15));
    }

    private static SKBitmap Draw(string text)
    {
        var bitmap = new SKBitmap(200, 40);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        canvas.Write(text, 100, 28, 20, SKColors.Black);
        return bitmap;
    }
}
