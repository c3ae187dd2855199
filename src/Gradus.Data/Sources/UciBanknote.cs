namespace Gradus.Data;

/// <summary>Four features of the wavelet transform of photographs of 1,372 genuine and forged banknotes.</summary>
/// <remarks>Lohweg 2013, https://doi.org/10.24432/C55P57</remarks>
public sealed class UciBanknote : TableSource
{
    /// <inheritdoc/>
    public override string Name => "uci-banknote";

    /// <inheritdoc/>
    public override string Description => "1,372 banknotes, 4 features of a wavelet transform, genuine or forged";

    /// <inheritdoc/>
    public override string Origin => "Lohweg 2013, https://archive.ics.uci.edu/dataset/267";

    /// <inheritdoc/>
    public override string Terms => "CC BY 4.0";

    private protected override string FileName => "data_banknote_authentication.txt";

    private protected override string LabelColumn => "5"; // the original has no column names
}
