using System.Buffers.Binary;
using Google.Protobuf;
using Gradus.Formats;
using Gradus.Tests.Kernels;
using Gradus.Training;

namespace Gradus.Tests.Training;

/// <summary>Event files read back by a protocol buffer library and a checksum of the tests' own.</summary>
[Collection(nameof(ThreadCounts))] // counts the bytes that the whole process allocates: nothing may run beside it
public sealed class TensorBoardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_checksum_is_Castagnoli_s()
    {
        Assert.Equal(0xE3069283, Castagnoli("123456789"u8)); // the catalogue's check value
        foreach (string text in (string[])["", "a", "123456789", new string('x', 1000)])
        {
            var bytes = System.Text.Encoding.ASCII.GetBytes(text);
            uint crc = Castagnoli(bytes);
            Assert.Equal(((crc >> 15) | (crc << 17)) + 0xA282EAD8, TensorBoardEvents.MaskedChecksum(bytes));
        }
    }

    [Fact]
    public void Scalars_come_back_as_they_were_written()
    {
        string longest = new('t', 200);
        (string Tag, float Value, long Step)[] written =
        [
            ("loss", 0.25f, 1), ("loss", float.NaN, 127), ("größe/µ", -1e-30f, 128), (longest, float.PositiveInfinity, 1L << 40), ("loss", 0, 0),
        ];
        string path;
        using (var events = new TensorBoardEvents(_folder["run"]))
        {
            path = events.Path;
            foreach (var (tag, value, step) in written) events.Scalar(tag, value, step);
            Assert.Throws<ArgumentException>(() => events.Scalar(longest + "t", 1, 1));
            Assert.Equal(written.Length + 1, Read(path).Count); // before it is closed
        }

        var read = Read(path);
        Assert.Equal("brain.Event:2", read[0].Version);
        Assert.Equal(written, read.Skip(1).Select(found => (found.Tag!, found.Value, found.Step)));
        Assert.All(read, found => Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - found.WallTime, -5, 60));
    }

    [Fact]
    public void A_training_leaves_its_curves_and_a_resumed_one_says_where_it_goes_on()
    {
        using var callback = new TensorBoardFiles(_folder["run"]);
        var training = new TinyTraining(_folder["checkpoint"], 0, callback);
        var history = training.Fit(epochs: 2).History;
        var read = Read(Assert.Single(Directory.GetFiles(_folder["run"])));
        Assert.Equal(Enumerable.Range(1, 10).Select(step => (long)step), read.Where(found => found.Tag == "step/loss").Select(found => found.Step));
        Assert.Equal(10, read.Count(found => found.Tag == "step/learning_rate" && found.Value > 0));
        foreach (var record in history.Epochs)
        {
            Assert.Equal((float)record.TrainLoss, Value("train/loss", record.Epoch));
            Assert.Equal((float)record.TrainAccuracy!, Value("train/accuracy", record.Epoch));
            Assert.Equal((float)record.ValidationLoss!, Value("validation/loss", record.Epoch));
            Assert.Equal((float)record.ValidationAccuracy!, Value("validation/accuracy", record.Epoch));
        }

        using var again = new TensorBoardFiles(_folder["run"]);
        new TinyTraining(_folder["checkpoint"], 0, again).Fit(resume: true);
        string[] files = [.. Directory.GetFiles(_folder["run"]).Order(StringComparer.Ordinal)];
        Assert.Equal(2, files.Length);
        var resumed = Read(files[1]);
        Assert.Equal((1, 11), (resumed[1].SessionStatus, resumed[1].Step)); // START: later steps of the first file are void
        Assert.Equal([11, 12, 13, 14, 15], resumed.Where(found => found.Tag == "step/loss").Select(found => found.Step));

        float Value(string tag, long step) => Assert.Single(read, found => found.Tag == tag && found.Step == step).Value;
    }

    [Fact]
    public void A_warm_step_s_scalars_allocate_nothing()
    {
        using var events = new TensorBoardEvents(_folder["run"]);
        Assert.Equal(0, Allocation.OfWarm(() => events.Scalar("step/loss", 0.5f, 1000), steps: 200));
    }

    [Fact]
    public void It_may_come_and_go_between_two_parts_of_a_training()
    {
        var whole = new TinyTraining();
        string expected = whole.Bits(whole.Fit());
        using var callback = new TensorBoardFiles(_folder["run"]);
        new TinyTraining(_folder["checkpoint"], 0, callback).Fit(epochs: 1);
        var second = new TinyTraining(_folder["checkpoint"]);
        Assert.Equal(expected, second.Bits(second.Fit(resume: true)));
    }

    private sealed record Found(double WallTime, long Step, string? Version, string? Tag, float Value, int SessionStatus);

    private static List<Found> Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var found = new List<Found>();
        for (int at = 0; at < bytes.Length;)
        {
            int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));
            Check(bytes.AsSpan(at, 8), at + 8);
            var data = bytes.AsSpan(at + 12, length).ToArray();
            Check(data, at + 12 + length);
            found.Add(Parse(data));
            at += 16 + length;
        }

        return found;

        void Check(ReadOnlySpan<byte> data, int at)
        {
            uint crc = Castagnoli(data);
            Assert.Equal(((crc >> 15) | (crc << 17)) + 0xA282EAD8, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)));
        }
    }

    private static Found Parse(byte[] data)
    {
        var found = new Found(0, 0, null, null, 0, 0);
        var input = new CodedInputStream(data);
        while (input.ReadTag() is var tag and not 0)
        {
            found = tag switch
            {
                (1 << 3) | 1 => found with { WallTime = input.ReadDouble() },
                (2 << 3) | 0 => found with { Step = input.ReadInt64() },
                (3 << 3) | 2 => found with { Version = input.ReadString() },
                (5 << 3) | 2 => Summary(found, input.ReadBytes().ToByteArray()),
                (7 << 3) | 2 => Session(found, input.ReadBytes().ToByteArray()),
                _ => throw new InvalidDataException($"tag {tag}"),
            };
        }

        return found;
    }

    private static Found Summary(Found found, byte[] data)
    {
        var outer = new CodedInputStream(data);
        Assert.Equal((1u << 3) | 2, outer.ReadTag());
        var value = new CodedInputStream(outer.ReadBytes().ToByteArray());
        Assert.True(outer.IsAtEnd);
        Assert.Equal((1u << 3) | 2, value.ReadTag());
        found = found with { Tag = value.ReadString() };
        Assert.Equal((2u << 3) | 5, value.ReadTag());
        found = found with { Value = value.ReadFloat() };
        Assert.True(value.IsAtEnd);
        return found;
    }

    private static Found Session(Found found, byte[] data)
    {
        var input = new CodedInputStream(data);
        Assert.Equal(1u << 3, input.ReadTag());
        return found with { SessionStatus = input.ReadEnum() };
    }

    // CRC-32C bit by bit: the reflected polynomial 0x82F63B78.
    private static uint Castagnoli(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78;
        }

        return ~crc;
    }
}
