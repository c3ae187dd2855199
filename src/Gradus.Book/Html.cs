using System.Globalization;
using System.Net;

namespace Gradus.Book;

/// <summary>Small pieces of HTML.</summary>
internal static class Html
{
    /// <summary>A text as HTML shows it.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A figure with at most four digits after the point.</summary>
    public static string Number(double value) =>
        !double.IsFinite(value) ? (double.IsNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞")
        : value != 0 && Math.Abs(value) is < 1e-3 or >= 1e6 ? Power(value)
        : value.ToString("0.####", CultureInfo.InvariantCulture).Replace('-', '−');

    private static string Power(double value)
    {
        string[] parts = value.ToString("0.0e0", CultureInfo.InvariantCulture).Split('e');
        return $"{parts[0].Replace('-', '−')}·10<sup>{parts[1].Replace('-', '−')}</sup>";
    }
}
