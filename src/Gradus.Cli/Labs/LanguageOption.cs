using System.Globalization;
using Gradus.Labs;

namespace Gradus.Cli.Labs;

/// <summary>The option <c>--lang</c>: what it takes, and what the environment says where it is not given.</summary>
internal static class LanguageOption
{
    public const string Meaning = "zh or en; what LANG says if not given.";

    public static string? Obstacle(string? given) => given is null or "zh" or "en" ? null : $"--lang is zh or en; got '{given}'";

    public static Language Of(string? given)
    {
        string language = given ?? Environment.GetEnvironmentVariable("LC_ALL") ?? Environment.GetEnvironmentVariable("LC_MESSAGES") ?? Environment.GetEnvironmentVariable("LANG") ?? "en";
        return language.StartsWith("zh", true, CultureInfo.InvariantCulture) ? Language.Chinese : Language.English;
    }
}
