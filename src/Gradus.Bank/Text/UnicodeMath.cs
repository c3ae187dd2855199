using System.Text;

namespace Gradus.Bank;

/// <summary>
/// Formulas of TeX as one line of Unicode, for a terminal: <c>\frac{\partial L}{\partial w_{ij}}</c> becomes <c>∂L/∂wᵢⱼ</c>. Where Unicode has no
/// raised or lowered letter, <c>^(...)</c> and <c>_(...)</c> stand; a command that is not known keeps its name.
/// </summary>
public static class UnicodeMath
{
    /// <summary>Writes a formula, without its dollar signs, as Unicode.</summary>
    public static string Of(string tex)
    {
        ArgumentNullException.ThrowIfNull(tex);
        var reader = new Reader(tex);
        return Tidy(reader.Sequence(until: '\0'));
    }

    private static string Tidy(string text)
    {
        var tidy = new StringBuilder();
        foreach (char c in text.ReplaceLineEndings(" "))
        {
            if (c == ' ' && (tidy.Length == 0 || tidy[^1] == ' ')) continue;
            tidy.Append(c);
        }

        return tidy.ToString().Trim();
    }

    private sealed class Reader(string tex)
    {
        private const int Deepest = 64; // of nested braces: a formula that goes deeper is no formula

        private int _at, _depth;

        public string Sequence(char until)
        {
            var text = new StringBuilder();
            while (_at < tex.Length && tex[_at] != until)
            {
                char c = tex[_at];
                if (c is '^' or '_')
                {
                    _at++;
                    text.Append(UnicodeScript.Of(Argument(), raised: c == '^'));
                }
                else text.Append(Atom());
            }

            if (_at < tex.Length) _at++;
            return text.ToString();
        }

        private string Atom()
        {
            char c = tex[_at++];
            return c switch
            {
                '{' => Group(),
                '}' => "",
                '\\' => Command(),
                '~' => " ",
                '&' => " ",
                '-' => "−",
                '\'' => "′",
                '*' => "∗",
                _ => c.ToString(),
            };
        }

        private string Group()
        {
            if (++_depth > Deepest) throw new FormatException("a formula is nested too deeply");
            string content = Sequence('}');
            _depth--;
            return content;
        }

        private string Argument()
        {
            while (_at < tex.Length && tex[_at] == ' ') _at++;
            return _at < tex.Length ? Atom() : "";
        }

        private string Command()
        {
            if (_at == tex.Length) return "";
            if (!char.IsAsciiLetter(tex[_at])) return tex[_at++] switch { ',' or ';' or ':' or ' ' => " ", '!' => "", '\\' => "; ", '|' => "‖", var c => c.ToString() };
            int begin = _at;
            while (_at < tex.Length && char.IsAsciiLetter(tex[_at])) _at++;
            string name = tex[begin.._at];
            if (UnicodeSymbols.Find(name) is { } symbol)
            {
                if (symbol is "∂" or "∇") SkipBlanks();
                return UnicodeSymbols.IsRelation(symbol) ? $" {symbol} " : symbol;
            }

            return name switch
            {
                "frac" or "tfrac" or "dfrac" => Fraction(),
                "binom" => $"C({Argument()}, {Argument()})",
                "sqrt" => Root(),
                "text" or "mathrm" or "operatorname" or "mathit" or "mathsf" or "textbf" or "mathbf" or "boldsymbol" or "bm" or "mathtt" => Star() + Argument(),
                "mathbb" or "mathcal" => UnicodeSymbols.Fancy(name, Argument()),
                "hat" => Argument() + "\u0302",
                "bar" or "overline" => Argument() + "\u0304",
                "tilde" or "widetilde" => Argument() + "\u0303",
                "vec" => Argument() + "\u20d7",
                "dot" => Argument() + "\u0307",
                "underbrace" or "overbrace" or "boxed" or "phantom" or "displaystyle" or "limits" or "nolimits" => name is "displaystyle" or "limits" or "nolimits" ? "" : Argument(),
                "begin" or "end" => Environment(),
                "left" or "right" or "big" or "Big" or "bigl" or "bigr" or "Bigl" or "Bigr" or "bigg" or "Bigg" or "biggl" or "biggr" => Delimiter(),
                _ => name,
            };
        }

        private string Star()
        {
            if (_at < tex.Length && tex[_at] == '*') _at++;
            return "";
        }

        private string Delimiter()
        {
            SkipBlanks();
            if (_at < tex.Length && tex[_at] == '.')
            {
                _at++;
                return "";
            }

            return _at < tex.Length ? Atom() : "";
        }

        private string Environment()
        {
            Argument();
            return " ";
        }

        private string Fraction()
        {
            string above = Argument(), below = Argument();
            return UnicodeSymbols.Fraction(above, below) ?? $"{Bracketed(above)}/{(IsOneFactor(below.Trim()) ? below.Trim() : $"({below.Trim()})")}";
        }

        private string Root()
        {
            string degree = "";
            if (_at < tex.Length && tex[_at] == '[')
            {
                _at++;
                degree = UnicodeScript.Of(Sequence(']'), raised: true);
            }

            return $"{degree}√{Bracketed(Argument())}";
        }

        private void SkipBlanks()
        {
            while (_at < tex.Length && tex[_at] == ' ') _at++;
        }

        // Below a line "2π" needs brackets, "∂w" and "xᵢ" do not.
        private static bool IsOneFactor(string text) =>
            text.StartsWith('∂') || text.All(c => char.IsAsciiDigit(c) || c == '.') || (text.Length > 0 && char.IsLetter(text[0]) && text.Skip(1).All(UnicodeScript.IsScript));

        private static string Bracketed(string text) => text.Trim().Any(c => c is '+' or '−' or ' ' or '/' or '·') ? $"({text.Trim()})" : text.Trim();
    }
}
