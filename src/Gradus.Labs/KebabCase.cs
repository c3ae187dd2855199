using System.Text;

namespace Gradus.Labs;

/// <summary>Names of C# as names of the command line: <c>LearningRate</c> is <c>learning-rate</c>, <c>L1Sparsity</c> is <c>l1-sparsity</c>, <c>On1000</c> is <c>on-1000</c>.</summary>
internal static class KebabCase
{
    public static string Of(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool begins = char.IsUpper(name[i]) && i > 0 && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (begins || (i > 0 && char.IsDigit(name[i]) && char.IsLower(name[i - 1]))) text.Append('-');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
