namespace Gradus.Labs;

/// <summary>How much a lab may take to convince: more of it means more data, longer training and tighter thresholds.</summary>
public enum Budget
{
    /// <summary>At most 2 seconds: whether the lab still runs, and whether its effect still shows at all.</summary>
    Tiny,

    /// <summary>A share of the 5 minutes in which all labs run; one seed.</summary>
    Quick,

    /// <summary>At most 3 minutes, three seeds trained separately: what counts as a proof.</summary>
    Full,

    /// <summary>At most 25 minutes, for the few labs that need it (<see cref="Lab.HasLong"/>); three seeds.</summary>
    Long,
}
