namespace Gradus.Training;

/// <summary>Why a training ended.</summary>
public enum StopReason
{
    /// <summary>All epochs are done.</summary>
    Completed,

    /// <summary>A callback ended it: nothing more was to be gained.</summary>
    EarlyStopped,

    /// <summary>The caller cancelled it; it can be resumed.</summary>
    Cancelled,
}
