using Gradus.Losses;
using Gradus.Training;

namespace Gradus.Labs.Sequences;

/// <summary>
/// The adding problem: at every step a number from 0 to 1 and a mark, which is set at one step of each half. Asked is the sum of the two
/// marked numbers. Who remembers nothing answers 1, the mean, and errs by 1/6 in the mean square.
/// </summary>
/// <remarks>Hochreiter and Schmidhuber 1997, section 5.4, in the form of Le, Jaitly and Hinton 2015, https://arxiv.org/abs/1504.00941, section 4.1.</remarks>
internal static class AddingTask
{
    public const int Features = 2;
    private const int TestSamples = 1000;

    /// <summary>Sequences <c>[count, length, 2]</c> and sums <c>[count, 1]</c>.</summary>
    public static (Tensor Inputs, Tensor Targets) Make(int count, int length, ulong seed)
    {
        var random = new RandomSource(seed);
        var (inputs, targets, numbers) = (Tensor.Zeros([count, length, Features]), Tensor.Zeros([count, 1]), new float[length]);
        for (int i = 0; i < count; i++)
        {
            random.Uniform(numbers);
            int first = random.Next(length / 2), second = length / 2 + random.Next(length - length / 2);
            var sequence = inputs.Span.Slice(i * length * Features, length * Features);
            for (int t = 0; t < length; t++) sequence[t * Features] = numbers[t];
            sequence[first * Features + 1] = sequence[second * Features + 1] = 1;
            targets.Span[i] = numbers[first] + numbers[second];
        }

        return (inputs, targets);
    }

    /// <summary>Sequences that no training sees; the same for every seed.</summary>
    public static (Tensor Inputs, Tensor Targets) Test(int length) => Make(TestSamples, length, seed: ulong.MaxValue - (ulong)length);

    /// <summary>The mean squared error on sequences that training has not seen.</summary>
    public static double Error(LabContext lab, Layer network, int length)
    {
        var (inputs, targets) = Test(length);
        return new Evaluator(Objective.Regression(network, MeanSquaredError.Of)).Evaluate(new TensorBatches(inputs, targets, 250), lab.Cancellation).Loss;
    }

    /// <summary>The mean squared error of always answering the mean.</summary>
    public static double ErrorOfTheMean(int length)
    {
        float[] sums = Test(length).Targets.ToArray();
        double mean = sums.Average();
        return sums.Average(sum => (sum - mean) * (sum - mean));
    }
}
