using Gradus;
using Gradus.Data;
using Gradus.Kernels;

namespace Bench;

/// <summary>Rotation, crop with a padding of 4, and a change of brightness, contrast, saturation and hue: each picture of a batch by its own draws.</summary>
/// <remarks>The draws change from step to step, as they would from epoch to epoch.</remarks>
[Runs("augmentation", Side.Gradus)]
internal sealed class GradusAugmentation : Contender
{
    private readonly AugmentationPipeline _pipeline = AugmentationPipeline.Parse("rotation:15,crop:4,brightness:0.2,contrast:0.2,saturation:0.2,hue:18", seed: 1);
    private PictureShape _shape;
    private float[] _pictures = [], _changed = [];
    private int _batch;
    private long _epoch;

    public override void Prepare(Sizes sizes, int threads)
    {
        Workers.Threads = threads;
        (_shape, _batch) = (new PictureShape(sizes["channels"], sizes["side"], sizes["side"]), sizes["batch"]);
        (_pictures, _changed) = (new float[_batch * _shape.Length], new float[_batch * _shape.Length]);
        new RandomSource(1).Uniform(_pictures);
    }

    public override void Step()
    {
        _epoch++;
        Workers.Run(_batch, this, static (self, i) =>
        {
            var picture = self._changed.AsSpan(i * self._shape.Length, self._shape.Length);
            self._pictures.AsSpan(i * self._shape.Length, self._shape.Length).CopyTo(picture);
            self._pipeline.Apply(picture, self._shape, self._epoch, i);
        });
    }
}
