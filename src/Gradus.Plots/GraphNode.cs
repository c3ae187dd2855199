namespace Gradus.Plots;

/// <summary>One box of a graph.</summary>
/// <param name="Lines">What stands in it, line by line, such as an operation, its value and its gradient.</param>
/// <param name="Column">Its place from the left, from 0: an edge goes from a lower column to a higher.</param>
/// <param name="Row">Its place from the top, from 0; halves are allowed.</param>
/// <param name="Inputs">The nodes that it is computed from, by their places in the list.</param>
public sealed record GraphNode(IReadOnlyList<string> Lines, int Column, double Row, params IReadOnlyList<int> Inputs);
