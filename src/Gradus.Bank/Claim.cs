using Gradus.Labs;

namespace Gradus.Bank;

/// <summary>One sentence that can be wrong, and the lab that shows whether it is.</summary>
/// <param name="Id">Its name, unique in the bank.</param>
/// <param name="Text">The sentence.</param>
/// <param name="Expected">Whether it holds, or is what common answers say and is refuted.</param>
/// <param name="Figure">The figure at which it counts as shown.</param>
/// <param name="Lab">The lab's name.</param>
/// <param name="Home">The question that states it; others refer to it.</param>
public sealed record Claim(string Id, Bilingual Text, Outcome Expected, string Figure, string Lab, int Home);
