using Gradus.Graph;

namespace Gradus.Zoo.Tests;

public class LanguageModelTests
{
    [Fact]
    public void It_does_not_see_the_tokens_that_follow()
    {
        var model = New();
        model.Evaluate();
        var tokens = Tensor.From([1f, 4, 2, 0, 3, 1], [1, 6]);
        float[] before = model.Forward(tokens).ToArray();
        tokens.Span[4] = 0;
        float[] after = model.Forward(tokens).ToArray();
        Assert.Equal(before[..(4 * 5)], after[..(4 * 5)]);
        Assert.NotEqual(before[(4 * 5)..(5 * 5)], after[(4 * 5)..(5 * 5)]);
    }

    [Fact]
    public void At_first_all_tokens_are_nearly_as_probable() =>
        Assert.Equal(Math.Log(5), LanguageModel.Loss(New().Forward(Tensor.From([1f, 4, 2], [1, 3])), new IntTensor([4, 2, 0], [1, 3])).Item(), 0.1);

    [Fact]
    public void A_captured_training_learns_what_follows_from_the_last_two_tokens()
    {
        var model = New();
        var step = TrainingStep.Capture(model, LanguageModel.Loss, new Adam(model.Parameters, 3e-3f));
        int[] text = new int[12 * 8 + 1]; // the next is the sum of the last two, which one token does not tell
        (text[0], text[1]) = (0, 1);
        for (int i = 2; i < text.Length; i++) text[i] = (text[i - 1] + text[i - 2]) % 5;
        var x = Tensor.From([.. text[..^1].Select(token => (float)token)], [8, 12]);
        var following = new IntTensor(text[1..], [8, 12]);
        float loss = 0;
        for (int i = 0; i < 150; i++) loss = step.Run(x, following);
        Assert.Null(step.Obstacle);
        Assert.True(loss < 0.7f, $"{loss}"); // the last token alone leaves about log 4 = 1.39
    }

    [Fact]
    public void Bad_input_is_answered_with_what_was_expected()
    {
        Assert.Contains("[batch, time]; got [2, 3, 4]", Assert.Throws<ShapeException>(() => New().Forward(Tensor.Zeros([2, 3, 4]))).Message, StringComparison.Ordinal);
        Assert.Contains("at most 12", Assert.Throws<ShapeException>(() => New().Forward(Tensor.Zeros([2, 13]))).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => LanguageModel.Loss(Tensor.Zeros([2, 3, 5]), new IntTensor(1, 2)));
    }

    private static LanguageModel New() => new(vocabulary: 5, length: 12, width: 16, heads: 2, layers: 2, random: new RandomSource(1));
}
