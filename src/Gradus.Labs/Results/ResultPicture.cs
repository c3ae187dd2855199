namespace Gradus.Labs;

/// <summary>A picture that a lab drew.</summary>
/// <param name="File">Its file in the lab's folder.</param>
/// <param name="Title">What it shows.</param>
public sealed record ResultPicture(string File, Bilingual Title);
