using System.Globalization;

namespace Gradus.Cli.Labs;

/// <summary>Numbers of questions as people write them: <c>1-12</c>, <c>5,27,41</c>, <c>1-3,11</c>.</summary>
internal static class QuestionRange
{
    private const int Most = 1000;

    public static string? Obstacle(string text)
    {
        foreach (string part in text.Split(','))
        {
            if (!TryParse(part, out int first, out int last) || first < 1 || last < first || last > Most) return $"--questions takes numbers and ranges such as 1-12 or 5,27,41; got '{text}'";
        }

        return null;
    }

    public static HashSet<int> Parse(string text)
    {
        var numbers = new HashSet<int>();
        foreach (string part in text.Split(','))
        {
            if (TryParse(part, out int first, out int last)) numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return numbers;
    }

    private static bool TryParse(string part, out int first, out int last)
    {
        string[] ends = part.Split('-');
        last = 0;
        return int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out first)
            && (ends.Length == 1 ? (last = first) > 0 : ends.Length == 2 && int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out last));
    }
}
