using System.Text;
using Gradus.Cli.DataSets;
using Gradus.Cli.Runs;
using Gradus.Graph;
using Gradus.Zoo;
using Spectre.Console;

namespace Gradus.Cli.Tasks;

/// <summary>A file of text, byte by byte, and the byte that follows.</summary>
internal sealed class LanguageKind : TaskKind
{
    private const int Bytes = 256;

    public override TaskData Load(Architecture architecture, string data, IAnsiConsole console, bool fallBack, CancellationToken cancellation)
    {
        if (LoadedData.Texts(data) is not null) throw new UsageException($"{architecture.Name} learns to continue a text: --data names a file of text, and {data} is a set of short texts with classes or tags");
        if (!File.Exists(data)) throw new UsageException($"{architecture.Name} learns to continue a text: --data names a file of text, and there is no file '{data}'");
        return new LanguageData(data, File.ReadAllBytes(data), architecture.Input[0]);
    }

    public override Layer Build(RunDescription description) =>
        Architectures.Get(description.Model).Build(Shape.Of(description.Input), description.Outputs, new RandomSource(description.Training.Seed));

    public override string? Obstacle(RunDescription description) =>
        description.Input is [>= 1] && description.Outputs == Bytes ? null : $"input [{string.Join(", ", description.Input)}], {description.Outputs} outputs";

    /// <summary>Continues the text byte by byte, each drawn from the model's probabilities.</summary>
    public override void Predict(TrainedRun run, PredictCommand.Settings settings, CancellationToken cancellation)
    {
        if (settings.Files.Length > 0 || string.IsNullOrEmpty(settings.Text)) throw new UsageException("the run continues a text: give its beginning by --text");
        int window = run.Description.Input[0];
        var (text, random) = (new List<byte>(Encoding.UTF8.GetBytes(settings.Text)), new RandomSource(settings.Seed));
        int given = text.Count;
        var input = Tensor.Zeros([1, window]);
        var plan = InferencePlan.Capture(run.Model);
        var draw = new float[1];
        for (int i = 0; i < settings.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            int seen = Math.Min(window, text.Count); // what stands behind them is not seen: each step looks back alone
            for (int t = 0; t < seen; t++) input.Span[t] = text[text.Count - seen + t];
            var logits = plan.Run(input).Span.Slice((seen - 1) * Bytes, Bytes);
            random.Uniform(draw, 0, 1);
            text.Add((byte)Choose(logits, settings.Temperature, draw[0]));
        }

        string continuation = Encoding.UTF8.GetString([.. text.Skip(given)]);
        if (settings.Json) Json.Write(new { text = settings.Text, continuation });
        else Terminal.For(json: false).WriteLine(settings.Text + continuation);
    }

    private static int Choose(ReadOnlySpan<float> logits, float temperature, float draw)
    {
        if (temperature == 0) return System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits);
        var scaled = new float[logits.Length];
        for (int i = 0; i < scaled.Length; i++) scaled[i] = logits[i] / temperature;
        float[] probabilities = Probabilities.Of(scaled);
        double sum = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            sum += probabilities[i];
            if (draw < sum) return i;
        }

        return System.Numerics.Tensors.TensorPrimitives.IndexOfMax(probabilities); // the sum of all may round to less than 1
    }
}
