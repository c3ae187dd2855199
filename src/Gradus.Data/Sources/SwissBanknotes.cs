namespace Gradus.Data;

/// <summary>Six measurements, in millimetres, of 100 genuine and 100 counterfeit old Swiss 1000-franc notes.</summary>
/// <remarks>Flury and Riedwyl 1988, "Multivariate statistics: a practical approach", table 1.1.</remarks>
public sealed class SwissBanknotes : TableSource
{
    /// <inheritdoc/>
    public override string Name => "swiss-banknotes";

    /// <inheritdoc/>
    public override string Description => "200 banknotes, 6 measurements, genuine or counterfeit";

    /// <inheritdoc/>
    public override string Origin => "Flury and Riedwyl 1988; also in the R package mclust (banknote)";

    /// <inheritdoc/>
    public override string Terms => "published data; cite the book";

    private protected override string FileName => "swiss_banknote.csv";

    private protected override string LabelColumn => "Status";
}
