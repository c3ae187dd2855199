using Gradus.Kernels;

namespace Gradus.Tests.Kernels;

[Collection(nameof(ThreadCounts))]
public class RecurrenceTests
{
    private static readonly (int Batch, int Time, int Input, int Hidden)[] Shapes =
    [
        (1, 1, 1, 1), (1, 7, 3, 10), (5, 7, 3, 10), (17, 7, 3, 10), (64, 10, 3, 10), (32, 1, 100, 16), (5, 7, 1, 17), (17, 7, 100, 17),
        (32, 7, 3, 128), (17, 1, 100, 128), (1, 7, 100, 128), (5, 7, 33, 40), (2, 3, 5, 13), (26, 4, 12, 12), (33, 20, 9, 48),
        (0, 3, 40, 40), (3, 0, 40, 40),
    ];

    public static TheoryData<int, int, bool> Cases
    {
        get
        {
            var cases = new TheoryData<int, int, bool>();
            for (int cell = 0; cell < 4; cell++)
            {
                for (int shape = 0; shape < Shapes.Length; shape++)
                {
                    cases.Add(cell, shape, false);
                    cases.Add(cell, shape, true);
                }
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Outputs_and_all_gradients_agree_with_double_precision(int cell, int index, bool reverse)
    {
        var (batch, time, input, hidden) = Shapes[index];
        var problem = new RecurrentProblem(new RecurrentShape((RecurrentCell)cell, batch, time, input, hidden), reverse, index);
        problem.CheckAgainstReference();
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void Absent_states_biases_and_gradients_count_as_zero(int cell)
    {
        var problem = new RecurrentProblem(new RecurrentShape((RecurrentCell)cell, 19, 5, 4, 21), reverse: false, seed: 3, sparse: true);
        problem.CheckAgainstReference();
    }

    [Theory]
    [InlineData(0, 40, 5, 3, 10), InlineData(0, 40, 12, 20, 64), InlineData(1, 40, 12, 20, 64), InlineData(2, 40, 12, 20, 64)]
    public void The_bits_do_not_depend_on_the_number_of_threads(int cell, int batch, int time, int input, int hidden)
    {
        int threads = Workers.Threads;
        try
        {
            var results = new float[2][];
            for (int i = 0; i < 2; i++)
            {
                Workers.Threads = i + 1;
                var problem = new RecurrentProblem(new RecurrentShape((RecurrentCell)cell, batch, time, input, hidden), reverse: true, seed: 5);
                problem.Run();
                results[i] = [.. problem.Results.SelectMany(result => result.Value)];
            }

            Assert.Equal(results[0], results[1]);
        }
        finally
        {
            Workers.Threads = threads;
        }
    }

    [Theory]
    [InlineData(0, 40), InlineData(1, 40), InlineData(1, 21), InlineData(2, 70)]
    public void A_weight_gradient_that_is_not_wanted_leaves_the_other_as_it_was(int cell, int hidden)
    {
        var problem = new RecurrentProblem(new RecurrentShape((RecurrentCell)cell, 19, 15, 33, hidden), reverse: false, seed: 1);
        problem.Run();
        float[] input = problem.Results["dWeightIh"], state = problem.Results["dWeightHh"];
        (problem.Results["dWeightIh"], problem.Results["dWeightHh"]) = ([], new float[state.Length]);
        problem.Run();
        Assert.Equal(state, problem.Results["dWeightHh"]);
        (problem.Results["dWeightIh"], problem.Results["dWeightHh"]) = (new float[input.Length], []);
        problem.Run();
        Assert.Equal(input, problem.Results["dWeightIh"]);
    }

    [Fact]
    public void Inference_gives_the_bits_of_training()
    {
        var problem = new RecurrentProblem(new RecurrentShape(RecurrentCell.Gru, 21, 6, 7, 18), reverse: false, seed: 8);
        problem.Run();
        float[] training = [.. problem.Results["output"]];
        problem.Infer();
        Assert.Equal(training, problem.Results["output"]);
    }

    [Fact]
    public void Numbers_past_the_end_of_a_sequence_are_never_read()
    {
        var problem = new RecurrentProblem(new RecurrentShape(RecurrentCell.Lstm, 18, 6, 3, 40), reverse: false, seed: 2);
        problem.SpoilPastEnd();
        problem.Run();
        Assert.All(problem.Results, result => Assert.DoesNotContain(float.NaN, result.Value));
    }

    [Fact]
    public void A_length_beyond_the_time_is_refused()
    {
        var shape = new RecurrentShape(RecurrentCell.Tanh, 1, 2, 1, 1);
        var error = Assert.Throws<ArgumentException>(() => Recurrence.Forward(
            shape, [3], false, new float[2], new float[1], new float[1], default, default, default, default, new float[2], default, default, default, new float[shape.ForwardScratch(false)]));
        Assert.Contains("0 ... 2; got 3", error.Message, StringComparison.Ordinal);
    }
}
