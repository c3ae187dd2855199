using Gradus.Cli.Runs;
using Gradus.Data;
using Gradus.Graph;
using Gradus.Metrics;
using Gradus.Zoo;

namespace Gradus.Cli.Tasks;

/// <summary>Sentences, and one class for each.</summary>
internal sealed class SentenceKind : TextKind
{
    protected override string Sets => "sets of texts with one class each";

    protected override bool Takes(TextSource source) => !source.IsTagged;

    public override TestReport Measure(TextModel model, TokenBatches batches, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var plan = InferencePlan.Capture((inputs, lengths) => model.Forward(inputs[0], lengths[0]));
        var confusion = new ConfusionMatrix(names.Count);
        double loss = 0;
        long done = 0;
        using var off = GradientMode.Off();
        foreach (var batch in batches.Epoch(0))
        {
            cancellation.ThrowIfCancellationRequested();
            var output = plan.Run(batch.Tensors, batch.Integers[1..]);
            loss += (double)model.Loss(output, batch.Labels, batch.Integers[1]).Item() * batch.Samples;
            confusion.Add(output, batch.Labels);
            done += batch.Samples;
        }

        return new ClassReport(names, confusion, loss / done);
    }

    protected override void Answer(TrainedRun run, IReadOnlyList<(string Text, string[] Tokens, int[] Numbers)> texts, bool json, CancellationToken cancellation)
    {
        var answers = new List<ClassAnswer>();
        using var off = GradientMode.Off();
        foreach (var (text, _, numbers) in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            var input = Tensor.From([.. numbers.Select(number => (float)number)], [1, numbers.Length]);
            answers.Add(new ClassAnswer(text, Probabilities.Of(run.Model.Forward(input).Span)));
        }

        ClassAnswer.Write(answers, "text", run.Description.ClassNames, json);
    }
}
