using Gradus.Bank;
using Gradus.Labs;

namespace Gradus.Book;

/// <summary>What the book itself says, in both languages.</summary>
internal static class Words
{
    public static readonly Bilingual
        Bank = ("The bank", "题库"),
        Subtitle = ("Deep-learning interview questions whose every answer was run", "深度学习面试题库：每个答案都跑过"),
        Questions = ("Questions", "题目"),
        Labs = ("Labs", "实验"),
        Errata = ("Errata", "勘误"),
        Search = ("Search", "搜索"),
        SearchHint = ("Search questions, answers, labs", "搜索题目、答案、实验"),
        Nothing = ("Nothing found", "没有找到"),
        Theme = ("Dark or light", "深色或浅色"),
        OtherLanguage = ("中文", "English"),
        Contents = ("On this page", "本页内容"),
        Claims = ("Claims, and what became of them", "论断与结果"),
        ErrataOf = ("What common answers get wrong", "常见答案错在哪里"),
        Wrong = ("Wrong", "误"),
        Right = ("Right", "正"),
        ShownBy = ("Shown by", "依据"),
        Program = ("The working program", "可运行的程序"),
        Holds = ("holds", "成立"),
        Refuted = ("refuted", "被推翻"),
        Fails = ("not shown", "未证实"),
        NotRun = ("not yet proven", "尚未证明"),
        Proven = ("proven", "已证明"),
        HoldsQuickly = ("holds, small budget", "小预算下成立"),
        StateFails = ("not as expected", "与预期不符"),
        Expected = ("expected", "预期"),
        Figure = ("figure", "指标"),
        Measured = ("measured", "实测"),
        Threshold = ("threshold", "阈值"),
        Arms = ("Arms, seed by seed", "各组、各种子的结果"),
        Median = ("median", "中位数"),
        Seed = ("seed", "种子"),
        Arm = ("arm", "组"),
        Figures = ("Figures and pictures", "图表"),
        Knobs = ("Knobs", "可调参数"),
        Presets = ("Settings worth trying", "值得一试的设置"),
        Value = ("value", "取值"),
        Range = ("range", "范围"),
        Meaning = ("meaning", "含义"),
        RunIt = ("Run it yourself", "自己运行"),
        Source = ("Source", "源码"),
        Notes = ("Remarks of the run", "运行记录"),
        ServesQuestions = ("Questions", "所属题目"),
        LastRun = ("Last run", "最近一次运行"),
        Seconds = ("s", "秒"),
        Previous = ("Previous", "上一题"),
        Next = ("Next", "下一题"),
        SkipToContent = ("Skip to the text", "跳到正文");

    private static readonly Bilingual[] SectionNames =
    [
        ("Fundamentals", "深度学习基础知识"), ("Models", "深度学习模型"), ("Optimisation", "优化方法"), ("In practice", "实战"), ("Common problems", "常见问题及解决方案"),
        ("Projects", "项目实战"), ("Interview questions", "面试题"), ("Coding problems", "编程题"), ("Applied systems", "应用系统"), ("Advanced questions", "进阶面试题"),
    ];

    /// <summary>The name of a section of the bank; a new section has its number.</summary>
    public static Bilingual Section(int section) => section >= 1 && section <= SectionNames.Length ? SectionNames[section - 1] : ($"Section {section}", $"第 {section} 部分");

    public static Bilingual Of(Outcome outcome) => outcome switch { Outcome.Holds => Holds, Outcome.Refuted => Refuted, _ => Fails };

    public static Bilingual Of(QuestionState state) => state switch
    {
        QuestionState.Proven => Proven,
        QuestionState.Holds => HoldsQuickly,
        QuestionState.Fails => StateFails,
        _ => NotRun,
    };

    public static Bilingual Of(ErratumKind kind) => kind switch
    {
        ErratumKind.Wrong => ("wrong", "错误"),
        ErratumKind.Contradiction => ("contradiction", "自相矛盾"),
        ErratumKind.Code => ("code", "代码"),
        _ => ("vague", "含糊"),
    };

    public static Bilingual Of(EvidenceKind kind) => kind switch
    {
        EvidenceKind.Lab => ("lab", "实验"),
        EvidenceKind.Run => ("run", "运行"),
        EvidenceKind.Compiler => ("compiler", "编译器"),
        EvidenceKind.Derivation => ("derivation", "推导"),
        _ => ("source", "文献"),
    };

    public static Bilingual Of(Budget budget) => budget switch
    {
        Budget.Tiny => ("tiny budget", "最小预算"),
        Budget.Quick => ("quick budget", "快速预算"),
        Budget.Full => ("full budget", "完整预算"),
        _ => ("long budget", "长预算"),
    };
}
