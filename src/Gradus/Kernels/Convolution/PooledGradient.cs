using System.Runtime.Intrinsics;

namespace Gradus.Kernels.Convolution;

/// <summary>
/// What reaches a convolution through ReLU and 2x2 max-pooling: of four outputs only the largest has a gradient, and none where ReLU
/// was dead. The backward passes over it visit those outputs alone: exact, at a quarter of the multiply-adds or fewer.
/// </summary>
internal unsafe struct PooledGradient
{
    public float* Pooled, Gradient; // [n, blocks, PooledHeight, PooledWidth, 16]
    public byte* Argmax;

    /// <summary>
    /// The gradients of consecutive pooled pixels, 16 channels each, with 0 where ReLU was dead. Done by lanes beforehand: a branch an
    /// output would be mispredicted half of the time.
    /// </summary>
    public readonly void Mask(long at, int pixels, float* masked)
    {
        for (int pixel = 0; pixel < pixels; pixel++, at += Blocked.Lanes, masked += Blocked.Lanes)
        {
            var dead = Vector512.LessThanOrEqual(Vector512.Load(Pooled + at), Vector512<float>.Zero);
            Vector512.ConditionalSelect(dead, Vector512<float>.Zero, Vector512.Load(Gradient + at)).Store(masked);
        }
    }
}
