namespace Gradus.Labs;

/// <summary>The data sets that labs read, by their names in the catalogue.</summary>
internal static class Sets
{
    public const string Fashion = "fashion-mnist", Photographs = "cifar-10", Digits = "digits", SwissNotes = "swiss-banknotes";
}
