namespace Gradus.Training;

/// <summary>Something to do in the course of a training. Override what you need.</summary>
public abstract class Callback
{
    /// <summary>Numbers that a checkpoint keeps, so that a resumed training goes on as if never stopped.</summary>
    public virtual IReadOnlyList<double> State => [];

    /// <summary>Takes back the numbers that <see cref="State"/> gave.</summary>
    public virtual void Restore(IReadOnlyList<double> state) { }

    /// <summary>Tensors that a checkpoint keeps under these names, and reads back into.</summary>
    public virtual IReadOnlyList<(string Name, Tensor Tensor)> Tensors => [];

    /// <summary>Before the first step, after a checkpoint has been read.</summary>
    public virtual void OnTrainingBegin(TrainingState state) { }

    /// <summary>Before an epoch's first step; a resumed epoch does not begin again.</summary>
    public virtual void OnEpochBegin(TrainingState state) { }

    /// <summary>After each step; where gradients are accumulated, not after each micro-batch.</summary>
    public virtual void OnStepEnd(TrainingState state) { }

    /// <summary>Before an epoch's validation, also where there is none.</summary>
    public virtual void OnEvaluationBegin(TrainingState state) { }

    /// <summary>After an epoch's validation and all <see cref="OnEpochEnd"/>, before its checkpoint, also of a validation that failed.</summary>
    public virtual void OnEvaluationEnd(TrainingState state) { }

    /// <summary>After an epoch and its validation; its record is the history's last.</summary>
    public virtual void OnEpochEnd(TrainingState state, EpochRecord record) { }

    /// <summary>After the last step, also of a cancelled training; not when it failed.</summary>
    public virtual void OnTrainingEnd(TrainingState state) { }
}
