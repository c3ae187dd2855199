using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Gradus.Formats;

namespace Gradus.Tests.Formats;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => _folder["file.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        float[] special = [1.5f, -0f, float.NaN, float.NegativeInfinity, float.Epsilon, 7];
        Safetensors.Write(
            Target,
            [("layer.weight", Tensor.From(special, [2, 3])), ("scalar", Tensor.Scalar(4)), ("empty", Tensor.Zeros([0, 3])), ("名", Tensor.From(9))],
            new Dictionary<string, string> { ["note"] = "line\n\"quoted\" 文" });
        var content = Safetensors.Read(Target);
        Assert.Equal(4, content.Tensors.Count);
        Assert.Equal(9, content.Tensors["名"].Item());
        Assert.Equal(special.Select(BitConverter.SingleToInt32Bits), content.Tensors["layer.weight"].ToArray().Select(BitConverter.SingleToInt32Bits));
        Assert.Equal<Shape>([2, 3], content.Tensors["layer.weight"].Shape);
        Assert.Equal<Shape>([0, 3], content.Tensors["empty"].Shape);
        Assert.Equal(4, content.Tensors["scalar"].Item());
        Assert.Equal("line\n\"quoted\" 文", content.Metadata["note"]);
        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(File.ReadAllBytes(Target)) % 8);
    }

    [Fact]
    public void Whole_numbers_of_PyTorch_are_read()
    {
        Put("""{"bn.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}""", BitConverter.GetBytes(42L));
        Assert.Equal([42L], Safetensors.Read(Target).Integers["bn.num_batches_tracked"]);
    }

    [Fact]
    public void Random_tensors_survive() =>
        Gen.Select(Gen.Int[0, 5].Array[0, 4], Gen.Float.Array[0, 700]).Sample((sizes, values) =>
        {
            var shape = Shape.Of(sizes);
            var tensor = Tensor.Zeros(shape);
            values.AsSpan(0, Math.Min(values.Length, tensor.Count)).CopyTo(tensor.Span);
            string path = _folder[$"{Guid.NewGuid()}"];
            Safetensors.Write(path, [("x", tensor)]);
            var read = Safetensors.Read(path).Tensors["x"];
            return read.Shape == shape && read.ToArray().AsSpan().SequenceEqual(tensor.Span);
        }, iter: 200);

    [Theory]
    [InlineData("", "0 bytes")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{", "not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", "twice")]
    [InlineData("""{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}""", "F16")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "needs 12 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "impossible shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[65536,65536],"data_offsets":[0,8]}}""", "impossible shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", "not a whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", "begins at byte 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "ascending")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "ascending")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "8 follow the header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "begins at byte 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[100000000],"data_offsets":[0,400000000]}}""", "8 follow the header")]
    [InlineData("""{"a":7}""", "not described")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", "no valid dtype")]
    [InlineData("""{"__metadata__":{"x":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "not a text")]
    public void A_lying_header_is_refused_in_one_line(string header, string reason)
    {
        if (header.Length == 0) File.WriteAllBytes(Target, []);
        else Put(header, new byte[8]);
        Refused(reason);
    }

    [Theory, InlineData(ulong.MaxValue), InlineData(100_000_001UL), InlineData(99_999_999UL), InlineData(1UL << 63)]
    public void A_lying_header_length_costs_no_memory(ulong length)
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        File.WriteAllBytes(Target, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused("header");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void A_long_or_strange_name_stays_one_short_line()
    {
        Put("{\"" + new string('x', 100_000) + """\n":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}""", new byte[8]);
        Refused("F16");
    }

    [Fact]
    public void A_mutated_file_is_read_or_refused_and_nothing_else()
    {
        Safetensors.Write(Target, [("a.weight", Tensor.Ones([3, 4])), ("b", Tensor.Ones([2]))], new Dictionary<string, string> { ["k"] = "v" });
        var sound = File.ReadAllBytes(Target);
        Gen.Select(Gen.Int[0, sound.Length - 1], Gen.Byte, Gen.Int[0, sound.Length]).Sample((place, value, length) =>
        {
            var mutated = sound.ToArray();
            mutated[place] = value;
            string path = _folder[$"{Guid.NewGuid()}"];
            File.WriteAllBytes(path, length % 3 == 0 ? mutated[..length] : mutated);
            try
            {
                Safetensors.Read(path);
            }
            catch (InvalidDataException refusal)
            {
                Assert.DoesNotContain('\n', refusal.Message);
            }
        }, iter: 1000);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_beside_it()
    {
        Safetensors.Write(Target, [("a", Tensor.Ones([2]))]);
        var before = File.ReadAllBytes(Target);
        Assert.Throws<ArgumentException>(() => Safetensors.Write(Target, [("a", Tensor.Ones([2])), ("a", Tensor.Ones([2]))]));
        Assert.Throws<IOException>(() => AtomicFile.Write(Target, stream =>
        {
            stream.WriteByte(1);
            throw new IOException("the disk is full");
        }));
        Assert.Equal(before, File.ReadAllBytes(Target));
        Assert.Single(Directory.GetFiles(_folder.Root));
    }

    private void Refused(string reason)
    {
        string message = Assert.Throws<InvalidDataException>(() => Safetensors.Read(Target)).Message;
        Assert.Contains(reason, message);
        Assert.DoesNotContain('\n', message);
        Assert.InRange(message.Length, 10, 600);
    }

    private void Put(string header, byte[] data)
    {
        var length = new byte[8];
        var text = Encoding.UTF8.GetBytes(header);
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(Target, [.. length, .. text, .. data]);
    }
}
