using System.Globalization;
using System.Numerics;

namespace Gradus.Data;

/// <summary>
/// Augmentations, one after the other. Geometric neighbours are composed into one resampling, colour neighbours into one pass.
/// The result for a sample depends on (seed, epoch, sample) alone, never on threads or on what came before.
/// </summary>
/// <remarks>It keeps no state: any number of threads may call it. Once warm it allocates nothing.</remarks>
public sealed class AugmentationPipeline
{
    [ThreadStatic] private static float[]? _scratch;

    private readonly Augmentation[] _steps;
    private readonly MixingAugmentation? _mixing;
    private readonly int _mixingNumber;

    /// <summary>A pipeline of these steps, in this order; a mixing one comes last, wherever it stands.</summary>
    /// <param name="steps">The augmentations; at most one of them mixes samples.</param>
    /// <param name="seed">The same seed gives the same pictures.</param>
    /// <exception cref="ArgumentException">Two of them mix samples.</exception>
    public AugmentationPipeline(IEnumerable<Augmentation> steps, ulong seed = 0)
    {
        _steps = [.. steps];
        Seed = seed;
        var mixing = _steps.OfType<MixingAugmentation>().ToArray();
        if (mixing.Length > 1)
            throw new ArgumentException($"{mixing[0].Name} and {mixing[1].Name} both mix samples, and a sample has at most two labels: choose one.", nameof(steps));
        (_mixing, _mixingNumber) = (mixing.FirstOrDefault(), Array.FindIndex(_steps, step => step is MixingAugmentation) + 1);
    }

    /// <summary>The augmentations in their order.</summary>
    public IReadOnlyList<Augmentation> Steps => _steps;

    /// <summary>What the random numbers come from, with the epoch and the sample.</summary>
    public ulong Seed { get; }

    /// <summary>Whether samples get two labels: see <see cref="Losses.MixedCrossEntropy"/>.</summary>
    public bool MixesLabels => _mixing is not null;

    /// <summary>Reads <c>NAME[:STRENGTH],...</c>, such as <c>rotation:10,crop,horizontal-flip</c>.</summary>
    /// <param name="text">What <see cref="ToString"/> writes, strengths and blanks as you like.</param>
    /// <param name="seed">The same seed gives the same pictures.</param>
    /// <exception cref="ArgumentException">A name is unknown, or a strength is none.</exception>
    public static AugmentationPipeline Parse(string text, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new AugmentationPipeline([.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Step)], seed);
    }

    private static Augmentation Step(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return AugmentationCatalog.Create(text);
        if (!float.TryParse(text[(colon + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out float strength))
            throw new ArgumentException($"'{text}' has no strength after its colon: write a number, such as {text[..colon]}:0.5.", nameof(text));
        return AugmentationCatalog.Create(text[..colon], strength);
    }

    /// <summary>Changes one sample; mixing, which needs a batch, is <see cref="Mix"/>.</summary>
    /// <param name="picture">[channels, height, width], each value from 0 to 1; changed in place.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="sample">The sample's place in the training set.</param>
    /// <exception cref="ArgumentException">The picture is not of the shape, or a step changes colours and there are neither 1 nor 3 channels.</exception>
    public void Apply(Span<float> picture, PictureShape shape, long epoch, int sample)
    {
        if (picture.Length != shape.Length) throw new ArgumentException($"A picture of {shape} has {shape.Length} values; got {picture.Length}.", nameof(picture));
        var scratch = Scratch(Math.Max(AffineResampling.ScratchLength(shape), 2 * shape.Length + 64));
        for (int i = 0; i < _steps.Length;)
        {
            switch (_steps[i])
            {
                case GeometricAugmentation:
                    i = Resample(picture, shape, epoch, sample, i, scratch);
                    break;
                case ColourAugmentation:
                    i = Recolour(picture, shape, epoch, sample, i);
                    break;
                case PixelAugmentation pixels:
                    var draws = new RandomDraws(Seed, epoch, sample, ++i);
                    pixels.Apply(picture, shape, ref draws, scratch);
                    break;
                default:
                    i++;
                    break;
            }
        }
    }

    /// <summary>Mixes the samples of a batch in pairs: each with another of the same batch.</summary>
    /// <param name="pictures">[batch, channels, height, width], changed in place.</param>
    /// <param name="shape">The shape of one sample.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="samples">[batch], the samples' places in the training set.</param>
    /// <param name="partners">[batch], set to the place in the batch of each one's partner.</param>
    /// <param name="shares">[batch], set to the share of each one's own label.</param>
    public void Mix(Span<float> pictures, PictureShape shape, long epoch, ReadOnlySpan<int> samples, Span<int> partners, Span<float> shares)
    {
        if (_mixing is null)
        {
            for (int i = 0; i < samples.Length; i++) (partners[i], shares[i]) = (i, 1);
            return;
        }

        var before = Scratch(pictures.Length)[..pictures.Length];
        pictures.CopyTo(before);
        for (int i = 0; i < samples.Length; i++)
        {
            var draws = new RandomDraws(Seed, epoch, samples[i], _mixingNumber);
            partners[i] = samples.Length == 1 ? i : (i + 1 + draws.Below(samples.Length - 1)) % samples.Length;
            shares[i] = _mixing.Mix(pictures.Slice(i * shape.Length, shape.Length), before.Slice(partners[i] * shape.Length, shape.Length), shape, ref draws);
        }
    }

    /// <summary>All names and strengths: what <see cref="Parse"/> reads, and what a run keeps.</summary>
    public override string ToString() => string.Join(',', _steps.AsEnumerable());

    private int Resample(Span<float> picture, PictureShape shape, long epoch, int sample, int i, Span<float> scratch)
    {
        var map = AffineMap.Identity;
        for (; i < _steps.Length && _steps[i] is GeometricAugmentation step; i++)
        {
            var draws = new RandomDraws(Seed, epoch, sample, i + 1);
            map = map.Then(step.Draw(ref draws, shape.Height, shape.Width));
        }

        AffineResampling.Resample(picture, shape, map, scratch);
        return i;
    }

    private int Recolour(Span<float> picture, PictureShape shape, long epoch, int sample, int i)
    {
        if (shape.Channels is not (1 or 3))
            throw new ArgumentException($"{_steps[i].Name} changes the colours of pictures with 1 or 3 channels; this one has {shape.Channels}.", nameof(shape));
        var (map, mean, known) = (Matrix4x4.Identity, Vector3.Zero, false);
        for (; i < _steps.Length && _steps[i] is ColourAugmentation step; i++)
        {
            if (step.ReadsMean && !known) (mean, known) = (ColourMapping.Mean(picture, shape), true);
            var draws = new RandomDraws(Seed, epoch, sample, i + 1);
            map *= step.Draw(ref draws, known ? Vector3.Transform(mean, map) : Vector3.Zero); // the mean of an affine map's results is the map of the mean
        }

        ColourMapping.Apply(picture, shape, map);
        return i;
    }

    private static Span<float> Scratch(int length)
    {
        if ((_scratch?.Length ?? 0) < length) _scratch = GC.AllocateUninitializedArray<float>(length);
        return _scratch;
    }
}
