using System.Numerics.Tensors;

namespace Gradus.Kernels;

/// <summary>Turns pairs of numbers by an angle that depends on the time step.</summary>
internal static class Rotation
{
    /// <summary>In each head, the pair (i, i + size / 2) of time step t is turned by the angle whose cosine and sine stand at [t, i].</summary>
    /// <param name="x">[batch, time, width].</param>
    /// <param name="y">[batch, time, width]; not the same memory.</param>
    /// <param name="cosines">[time, size / 2].</param>
    /// <param name="sines">[time, size / 2].</param>
    /// <param name="width">The last axis: whole heads, of which the first are turned.</param>
    /// <param name="turned">How much of the last axis is turned: whole heads; the rest is copied.</param>
    /// <param name="size">Numbers of one head, even.</param>
    /// <param name="backward">Turn the other way.</param>
    public static unsafe void Turn(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines, int width, int turned, int size, bool backward)
    {
        int rows = width == 0 ? 0 : x.Length / width;
        fixed (float* px = x, py = y, pc = cosines, ps = sines)
        {
            var job = new Job { X = px, Y = py, Cosines = pc, Sines = ps, Rows = rows, Width = width, Turned = turned, Half = size / 2, Time = cosines.Length / (size / 2), Sign = backward ? -1 : 1 };
            Tiles.Run(Tiles.Rows(rows, width), (long)rows * width, job, static (job, tile) =>
            {
                int each = Tiles.RowsPerTile(job.Width), first = tile * each;
                for (int row = first; row < Math.Min(first + each, job.Rows); row++) Row(job, row);
            });
        }
    }

    private static unsafe void Row(in Job job, int row)
    {
        int half = job.Half;
        ReadOnlySpan<float> x = new(job.X + (nint)row * job.Width, job.Width), cosines = new(job.Cosines + row % job.Time * half, half), sines = new(job.Sines + row % job.Time * half, half);
        var y = new Span<float>(job.Y + (nint)row * job.Width, job.Width);
        for (int head = 0; head < job.Turned; head += 2 * half)
        {
            ReadOnlySpan<float> first = x.Slice(head, half), second = x.Slice(head + half, half);
            Span<float> turnedFirst = y.Slice(head, half), turnedSecond = y.Slice(head + half, half);
            TensorPrimitives.Multiply(second, sines, turnedFirst);
            TensorPrimitives.Multiply(turnedFirst, -job.Sign, turnedFirst);
            TensorPrimitives.MultiplyAdd(first, cosines, turnedFirst, turnedFirst);
            TensorPrimitives.Multiply(first, sines, turnedSecond);
            TensorPrimitives.Multiply(turnedSecond, job.Sign, turnedSecond);
            TensorPrimitives.MultiplyAdd(second, cosines, turnedSecond, turnedSecond);
        }

        x[job.Turned..].CopyTo(y[job.Turned..]);
    }

    private unsafe struct Job
    {
        public float* X, Y, Cosines, Sines;
        public int Rows, Width, Turned, Half, Time;
        public float Sign;
    }
}
