using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>All questions of a folder.</summary>
public sealed class QuestionBank
{
    private QuestionBank(string folder, IReadOnlyList<Question> questions) => (Folder, Questions) = (folder, questions);

    /// <summary>Where they lie.</summary>
    public string Folder { get; }

    /// <summary>The questions by number.</summary>
    public IReadOnlyList<Question> Questions { get; }

    /// <summary>The folder that <c>GRADUS_BANK</c> names; else the one that came with the program.</summary>
    public static string DefaultFolder => Environment.GetEnvironmentVariable("GRADUS_BANK") is { Length: > 0 } named ? named : Path.Combine(AppContext.BaseDirectory, "bank");

    /// <summary>Reads every question of a folder.</summary>
    /// <param name="folder">A folder of folders, one a question; null: <see cref="DefaultFolder"/>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="BankFormatException">A question's files are not as they should be.</exception>
    public static QuestionBank Load(string? folder = null)
    {
        folder ??= DefaultFolder;
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"there is no question bank in '{folder}'; GRADUS_BANK names another folder");
        var read = Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(QuestionReader.Read).OrderBy(pair => pair.Question.Number).ToArray();
        var byNumber = new Dictionary<int, Question>();
        foreach (var (question, _) in read)
        {
            if (!byNumber.TryAdd(question.Number, question)) throw new BankFormatException(question.English.File, 2, $"the number {question.Number} is taken by {byNumber[question.Number].Slug}");
        }

        return new QuestionBank(folder, [.. read.Select(pair => pair.Question with { Claims = Resolve(pair.Question, pair.References, byNumber) })]);
    }

    /// <summary>The question of a number; null if there is none.</summary>
    public Question? Find(int number) => Questions.FirstOrDefault(question => question.Number == number);

    /// <summary>The claim that a lab decides under a name; null if no question states it.</summary>
    public Claim? Find(string lab, string id) => Questions.SelectMany(question => question.Claims).FirstOrDefault(claim => claim.Lab == lab && claim.Id == id);

    /// <summary>The questions that a claim belongs to.</summary>
    public IEnumerable<int> QuestionsOf(Claim claim) => Questions.Where(question => question.Claims.Contains(claim)).Select(question => question.Number);

    /// <summary>The questions that a lab serves: those whose claims name it, and those that it names itself.</summary>
    public IReadOnlyList<int> QuestionsOf(Lab lab)
    {
        ArgumentNullException.ThrowIfNull(lab);
        return [.. Questions.Where(question => question.Claims.Any(claim => claim.Lab == lab.Slug)).Select(question => question.Number).Union(lab.Questions).Order()];
    }

    private static Claim[] Resolve(Question question, IReadOnlyList<ClaimReference> references, Dictionary<int, Question> byNumber)
    {
        var claims = question.Claims.ToList();
        foreach (var reference in references)
        {
            var claim = byNumber.GetValueOrDefault(reference.Home)?.Claims.FirstOrDefault(claim => claim.Id == reference.Id);
            claims.Add(claim ?? throw new BankFormatException(reference.File, reference.Line, $"question {reference.Home} states no claim '{reference.Id}'"));
        }

        return [.. claims];
    }
}
