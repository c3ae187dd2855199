using System.Diagnostics;
using Gradus;
using Gradus.Graph.Planning;
using Gradus.Graph.Rewriting;

namespace Bench;

/// <summary>Where the time of a captured step goes: the median milliseconds of each of its instructions.</summary>
internal static class Profile
{
    private const int Runs = 31;

    /// <summary>Prints a line an instruction, in the order of the plan, and the sum.</summary>
    /// <param name="step">The step, as for a capture.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="labels">Its whole-number inputs.</param>
    public static void Print(Func<Tensor[], IntTensor[], Tensor[]> step, Tensor[] inputs, IntTensor[] labels)
    {
        var plan = Plan.Capture(step, inputs, labels, Rewrite.Training);
        var times = new double[plan.Instructions.Count, Runs];
        for (int i = 0; i < Runs; i++) plan.Run(inputs, labels); // warm, and its inputs are in place
        for (int run = 0; run < Runs; run++)
        {
            for (int i = 0; i < plan.Instructions.Count; i++)
            {
                long start = Stopwatch.GetTimestamp();
                plan.Instructions[i].Run();
                times[i, run] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        double sum = 0;
        for (int i = 0; i < plan.Instructions.Count; i++)
        {
            double median = Enumerable.Range(0, Runs).Select(run => times[i, run]).Order().ElementAt(Runs / 2);
            sum += median;
            Console.WriteLine($"{median,10:0.0000} ms  {Describe(plan.Instructions[i])}");
        }

        Console.WriteLine($"{sum,10:0.0000} ms  in all; the arena takes {plan.ArenaBytes / 1048576.0:0.0} MiB");
    }

    private static string Describe(Instruction instruction) => instruction is OperationInstruction operation
        ? $"{operation.Operation.Name}{(operation.IsBackward ? " backward" : "")} {string.Join(' ', operation.Touches.Select(value => value.Shape))}"
        : instruction.GetType().Name;
}
