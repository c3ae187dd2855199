using Gradus.Cli.Runs;
using Gradus.Data;
using Gradus.Graph;
using Gradus.Metrics;
using Gradus.Zoo;
using Spectre.Console;

namespace Gradus.Cli.Tasks;

/// <summary>Sentences, and a tag for each token: named entities.</summary>
internal sealed class TagKind : TextKind
{
    protected override string Sets => "sets of texts with a tag for each token";

    protected override bool Takes(TextSource source) => source.IsTagged;

    public override TestReport Measure(TextModel model, TokenBatches batches, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var tagger = (SequenceTagger)model.Body;
        var plan = InferencePlan.Capture((inputs, lengths) => model.Forward(inputs[0], lengths[0]));
        var (entities, accuracy) = (new EntityF1(names), (Correct: 0L, Count: 0L));
        double loss = 0;
        long done = 0;
        using var off = GradientMode.Off();
        foreach (var batch in batches.Epoch(0))
        {
            cancellation.ThrowIfCancellationRequested();
            var (labels, lengths) = (batch.Labels, batch.Integers[1]);
            var output = plan.Run(batch.Tensors, batch.Integers[1..]);
            loss += (double)model.Loss(output, labels, lengths).Item() * batch.Samples;
            done += batch.Samples;
            entities.Add(tagger.Field.Decode(output, lengths), labels, lengths);
            var (correct, count) = model.Correct(output, labels, lengths);
            accuracy = (accuracy.Correct + correct, accuracy.Count + count);
        }

        return new TagReport(entities, (double)accuracy.Correct / accuracy.Count, loss / done);
    }

    protected override void Answer(TrainedRun run, IReadOnlyList<(string Text, string[] Tokens, int[] Numbers)> texts, bool json, CancellationToken cancellation)
    {
        var (tagger, names) = ((SequenceTagger)((TextModel)run.Model).Body, run.Description.ClassNames);
        var entities = new EntityF1(names);
        var (documents, console) = (new List<object>(), Terminal.For(json));
        using var off = GradientMode.Off();
        foreach (var (text, tokens, numbers) in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            var input = Tensor.From([.. numbers.Select(number => (float)number)], [1, numbers.Length]);
            int[] tags = tagger.Field.Decode(run.Model.Forward(input)).Span.ToArray();
            string glue = run.Description.Text!.Unit == "words" ? " " : "";
            var found = entities.Entities(tags).Select(entity => new { type = entity.Type, text = string.Join(glue, tokens[entity.Start..entity.End]), start = entity.Start, end = entity.End });
            if (json) documents.Add(new { text, tokens = tags.Select((tag, place) => new { token = tokens[place], tag = names[tag] }), entities = found });
            else console.WriteLine(string.Join(' ', tags.Select((tag, place) => names[tag] == "O" ? tokens[place] : $"{tokens[place]}/{names[tag]}")));
        }

        if (json) Json.Write(documents);
    }
}
