using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>The parts that every answer has, in this order.</summary>
public static class AnswerHeadings
{
    /// <summary>In English.</summary>
    public static IReadOnlyList<string> English { get; } = ["Short answer", "Explanation", "Worked example", "Trade-offs", "Follow-up questions", "Common mistakes", "Sources"];

    /// <summary>In Chinese.</summary>
    public static IReadOnlyList<string> Chinese { get; } = ["简答", "详解", "算例", "取舍", "追问", "常见错误", "参考"];

    /// <summary>In a language.</summary>
    public static IReadOnlyList<string> In(Language language) => language == Language.Chinese ? Chinese : English;
}
