namespace Gradus.Cli;

/// <summary>The name that somebody meant who wrote another.</summary>
internal static class Suggestion
{
    /// <summary>" Did you mean 'x'?", with the blank before it; empty where no name is near.</summary>
    public static string For(string written, IEnumerable<string> names)
    {
        int near = Math.Max(1, written.Length / 3); // a longer word holds more slips
        string? meant = names.Select(name => (Name: name, Distance: Distance(written, name))).Where(pair => pair.Distance <= near)
            .OrderBy(pair => pair.Distance).Select(pair => pair.Name).FirstOrDefault();
        return meant is null ? "" : $" Did you mean '{meant}'?";
    }

    // Damerau and Levenshtein's distance with a row for each letter: insertions, deletions, replacements, and neighbours swapped.
    private static int Distance(string from, string to)
    {
        var distance = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distance[i, j] = i + j;
                    continue;
                }

                int replaced = distance[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                distance[i, j] = Math.Min(replaced, 1 + Math.Min(distance[i - 1, j], distance[i, j - 1]));
                bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
                if (swapped) distance[i, j] = Math.Min(distance[i, j], 1 + distance[i - 2, j - 2]);
            }
        }

        return distance[from.Length, to.Length];
    }
}
