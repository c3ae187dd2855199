namespace Gradus.Layers;

/// <summary>
/// Gives a parameter, buffer or child layer another name in saved files than its member's. An array's elements put their place where
/// <c>{0}</c> stands (<c>weight_l{0}</c>), or after a dot, a dictionary's their keys; an empty name adds nothing to the path.
/// </summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class StateNameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name => name;
}
