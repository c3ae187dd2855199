namespace Gradus.Labs;

/// <summary>A text in both languages of the bank.</summary>
/// <param name="En">English.</param>
/// <param name="Zh">Chinese.</param>
public readonly record struct Bilingual(string En, string Zh)
{
    /// <summary>The text in a language.</summary>
    public string In(Language language) => language == Language.Chinese ? Zh : En;

    /// <summary>A name that is the same in both languages, such as "LSTM".</summary>
    public static implicit operator Bilingual(string same) => new(same, same);

    /// <summary>English, then Chinese.</summary>
    public static implicit operator Bilingual((string En, string Zh) pair) => new(pair.En, pair.Zh);

    /// <summary>English, for logs.</summary>
    public override string ToString() => En;
}

/// <summary>The languages of the bank.</summary>
public enum Language
{
    /// <summary>English, <c>en</c>.</summary>
    English,

    /// <summary>Chinese, <c>zh</c>.</summary>
    Chinese,
}
