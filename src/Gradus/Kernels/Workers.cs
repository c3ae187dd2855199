using System.Runtime.CompilerServices;

namespace Gradus.Kernels;

/// <summary>
/// The team of worker threads: made once, woken in about a microsecond, fed with numbered tiles.
/// </summary>
/// <remarks>
/// A tile's work must not depend on the thread that runs it, nor on <see cref="Threads"/>: then the same
/// seed gives the same bits on any number of threads. The body is a static lambda over a state struct, so a
/// warm call allocates nothing. A call from inside a tile runs its tiles in place.
/// </remarks>
public static class Workers
{
    private const int SpinsBeforeSleep = 20_000; // about 50 µs: longer than the gap between two kernels of one step

    private static readonly Lock Gate = new();
    private static Worker[] _team = [];
    private static Job? _job;
    private static int _threads = Environment.ProcessorCount;
    [ThreadStatic] private static bool _inside;
    [ThreadStatic] private static float[]? _scratch;

    /// <summary>The number of threads that share the work, the caller's included; at least 1. Starts as the number of cores.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public static int Threads
    {
        get => _threads;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            lock (Gate) _threads = value;
        }
    }

    /// <summary>Runs <paramref name="body"/> for every tile 0 ... <paramref name="tiles"/> - 1, in any order, and waits for all.</summary>
    /// <param name="tiles">How many tiles there are.</param>
    /// <param name="state">What the body needs: a struct or tuple of arrays, sizes and pointers.</param>
    /// <param name="body">A static lambda: anything it captured would be an allocation.</param>
    /// <param name="scratch">How many floats of <see cref="Scratch"/> each tile needs.</param>
    public static void Run<TState>(int tiles, TState state, Action<TState, int> body, int scratch = 0)
    {
        if (tiles <= 1 || _threads == 1 || _inside || !Gate.TryEnter())
        {
            Reserve(ref _scratch, scratch);
            for (int tile = 0; tile < tiles; tile++) body(state, tile);
            return;
        }

        try
        {
            var job = Job<TState>.Instance;
            job.State = state;
            job.Body = body;
            Share(job, tiles, scratch);
            job.State = default!;
            job.Body = null;
        }
        finally
        {
            Gate.Exit();
        }
    }

    /// <summary>
    /// The running thread's own scratch memory, 64-byte aligned, as long as <see cref="Run"/> was asked for; its content is
    /// arbitrary. A tile that uses it must not call another kernel that does.
    /// </summary>
    internal static unsafe float* Scratch => Align(_scratch!);

    /// <summary>The first 64-byte boundary in a pinned array.</summary>
    internal static unsafe float* Align(float[] pinned) =>
        (float*)(((nuint)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(pinned)) + 63) & ~(nuint)63);

    private static void Reserve(ref float[]? scratch, int length)
    {
        if (length > 0 && (scratch?.Length ?? 0) < length + 16) scratch = GC.AllocateUninitializedArray<float>(length + 16, pinned: true);
    }

    private static void Share(Job job, int tiles, int scratch)
    {
        int helpers = Math.Min(_threads, tiles) - 1;
        if (_team.Length < helpers) Grow(helpers);
        Reserve(ref _scratch, scratch);
        for (int i = 0; i < helpers; i++) Reserve(ref _team[i].ScratchMemory, scratch); // here, not in the worker: a warm call allocates nothing
        job.Tiles = tiles;
        job.Next = 0;
        job.Pending = helpers;
        job.Failure = null;
        _job = job;
        for (int i = 0; i < helpers; i++) _team[i].Wake();

        _inside = true;
        job.Work();
        _inside = false;
        var spinner = new SpinWait();
        while (Volatile.Read(ref job.Pending) != 0) spinner.SpinOnce(sleep1Threshold: -1);
        if (job.Failure is { } failure) throw new InvalidOperationException(failure.Message, failure);
    }

    private static void Grow(int helpers)
    {
        var team = new Worker[helpers];
        _team.CopyTo(team, 0);
        for (int i = _team.Length; i < helpers; i++) team[i] = new Worker();
        _team = team;
    }

    private abstract class Job
    {
        public int Tiles, Next, Pending;
        public Exception? Failure;

        public void Work()
        {
            try
            {
                for (int tile = Take(); tile < Tiles; tile = Take()) Execute(tile);
            }
            catch (Exception failure)
            {
                Failure = failure;
                Volatile.Write(ref Next, Tiles);
            }
        }

        private int Take() => Interlocked.Increment(ref Next) - 1;

        protected abstract void Execute(int tile);
    }

    private sealed class Job<TState> : Job
    {
        public static readonly Job<TState> Instance = new();
        public TState State = default!;
        public Action<TState, int>? Body;

        protected override void Execute(int tile) => Body!(State, tile);
    }

    private sealed class Worker
    {
        private readonly object _bed = new();
        private int _woken, _sleeping;
        public float[]? ScratchMemory;

        public Worker()
        {
            new Thread(Loop) { IsBackground = true, Name = "Gradus worker" }.Start();
        }

        public void Wake()
        {
            Volatile.Write(ref _woken, 1);
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _sleeping) == 1) lock (_bed) Monitor.Pulse(_bed);
        }

        private void Loop()
        {
            _inside = true;
            while (true)
            {
                Await();
                _scratch = ScratchMemory;
                var job = _job!;
                job.Work();
                Interlocked.Decrement(ref job.Pending);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Await()
        {
            for (int spin = 0; spin < SpinsBeforeSleep; spin++)
            {
                if (Volatile.Read(ref _woken) == 1)
                {
                    Volatile.Write(ref _woken, 0);
                    return;
                }

                Thread.SpinWait(1);
            }

            lock (_bed)
            {
                Volatile.Write(ref _sleeping, 1);
                Interlocked.MemoryBarrier();
                while (Volatile.Read(ref _woken) == 0) Monitor.Wait(_bed);
                Volatile.Write(ref _sleeping, 0);
            }

            Volatile.Write(ref _woken, 0);
        }
    }
}
