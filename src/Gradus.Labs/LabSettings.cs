namespace Gradus.Labs;

/// <summary>How to run a lab.</summary>
/// <param name="Budget">How much it may take.</param>
/// <param name="Folder">Where its files go.</param>
/// <param name="Seed">The first of its seeds.</param>
public sealed record LabSettings(Budget Budget, string Folder, ulong Seed = 0);
