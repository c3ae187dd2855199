using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Gradus.Formats;

/// <summary>
/// An event file as TensorBoard reads it: records of TFRecord (length, checksum, data, checksum) whose data are protocol buffers of the message
/// <c>Event</c>. Each event is on the disk's side when the call returns, so that a process that dies loses nothing and a running one can be watched.
/// </summary>
/// <remarks>
/// https://github.com/tensorflow/tensorboard: <c>compat/proto/event.proto</c> and <c>summary.proto</c> for the fields, <c>lib/io/record_writer</c> of
/// TensorFlow for the framing. Of these messages only the few fields are written that scalars need.
/// </remarks>
public sealed class TensorBoardEvents : IDisposable
{
    private const int LongestTag = 200;
    private const int FrameBytes = 12 + 4; // length and its checksum, the data's checksum
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly FileStream _file;

    /// <summary>Begins a file whose name no other has.</summary>
    /// <param name="folder">The folder, made if need be; TensorBoard takes it for one run.</param>
    /// <param name="firstStep">Where a resumed training goes on: TensorBoard then forgets later steps of earlier files in the folder. 0 for a new one.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public TensorBoardEvents(string folder, long firstStep = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        long second = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        while (Directory.EnumerateFiles(folder, $"events.out.tfevents.{second:0000000000}.*").Any()) second++; // files are read in the order of their names
        _file = new FileStream(
            System.IO.Path.Combine(folder, $"events.out.tfevents.{second:0000000000}.gradus"), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Span<byte> body = stackalloc byte[32];
        var version = new ProtocolWriter(body);
        version.Text(3, "brain.Event:2"); // Event.file_version
        Write(version.Written, 0);
        if (firstStep == 0) return;
        var start = new ProtocolWriter(body);
        start.Message(7, 2); // Event.session_log
        start.Number(1, 1); // SessionLog.status = START
        Write(start.Written, firstStep);
    }

    /// <summary>The file.</summary>
    public string Path => _file.Name;

    /// <summary>Adds one number; nothing is allocated.</summary>
    /// <param name="tag">The curve's name, such as <c>train/loss</c>; at most 200 bytes.</param>
    /// <param name="value">The number; may be NaN.</param>
    /// <param name="step">Where on the curve.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Scalar(string tag, float value, long step)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        int length = Utf8.GetByteCount(tag);
        if (length > LongestTag) throw new ArgumentException($"a tag has at most {LongestTag} bytes; '{tag[..20]}...' has {length}", nameof(tag));
        Span<byte> body = stackalloc byte[LongestTag + 32];
        var summary = new ProtocolWriter(body);
        int inner = 1 + ProtocolWriter.Size(length) + length + 5;
        summary.Message(5, 1 + ProtocolWriter.Size(inner) + inner); // Event.summary
        summary.Message(1, inner); // Summary.value
        summary.Text(1, tag); // Value.tag
        summary.Float(2, value); // Value.simple_value
        Write(summary.Written, step);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The checksum that TFRecord keeps: CRC-32C, rotated and shifted so that a checksum of data that hold checksums is sound.</summary>
    internal static uint MaskedChecksum(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data) crc = BitOperations.Crc32C(crc, value);
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }

    // One write for a whole record: a reader never sees the half of one that fits a page.
    private void Write(ReadOnlySpan<byte> rest, long step)
    {
        Span<byte> record = stackalloc byte[FrameBytes + 24 + LongestTag + 32];
        var data = new ProtocolWriter(record[12..]);
        data.Double(1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0); // Event.wall_time
        data.Number(2, step); // Event.step
        data.Bytes(rest);
        int length = data.Written.Length;
        BinaryPrimitives.WriteInt64LittleEndian(record, length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], MaskedChecksum(record[..8]));
        BinaryPrimitives.WriteUInt32LittleEndian(record[(12 + length)..], MaskedChecksum(record.Slice(12, length)));
        _file.Write(record[..(FrameBytes + length)]);
    }

    /// <summary>The four kinds of field that these messages use, one after the other into a span.</summary>
    /// <remarks>https://protobuf.dev/programming-guides/encoding/</remarks>
    private ref struct ProtocolWriter(Span<byte> destination)
    {
        private readonly Span<byte> _destination = destination;
        private int _length;

        public readonly ReadOnlySpan<byte> Written => _destination[.._length];

        /// <summary>The bytes that a number below 2³¹ takes.</summary>
        public static int Size(int number) => number < 1 << 7 ? 1 : number < 1 << 14 ? 2 : 3;

        public void Number(int field, long value)
        {
            Variable((ulong)field << 3);
            Variable((ulong)value);
        }

        public void Double(int field, double value)
        {
            Variable((ulong)field << 3 | 1);
            BinaryPrimitives.WriteDoubleLittleEndian(_destination[_length..], value);
            _length += 8;
        }

        public void Float(int field, float value)
        {
            Variable((ulong)field << 3 | 5);
            BinaryPrimitives.WriteSingleLittleEndian(_destination[_length..], value);
            _length += 4;
        }

        public void Text(int field, string value)
        {
            Message(field, Utf8.GetByteCount(value));
            _length += Utf8.GetBytes(value, _destination[_length..]);
        }

        /// <summary>The head of a message whose fields follow.</summary>
        public void Message(int field, int length)
        {
            Variable((ulong)field << 3 | 2);
            Variable((ulong)length);
        }

        public void Bytes(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_destination[_length..]);
            _length += bytes.Length;
        }

        // Seven bits a byte, the lowest first; the eighth says that more follow.
        private void Variable(ulong value)
        {
            for (; value >= 0x80; value >>= 7) _destination[_length++] = (byte)(value | 0x80);
            _destination[_length++] = (byte)value;
        }
    }
}
