using System.IO.Enumeration;

namespace Gradus.Data;

/// <summary>CIFAR-10: 60,000 small photographs, 32x32 in colour, 10 classes.</summary>
/// <remarks>Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf</remarks>
public sealed class Cifar10 : CifarSource
{
    // The MD5 that the page publishes is c32a1d4ab5d03f1284b67883e8d87530.
    internal static readonly RemoteFile Official = new(new Uri("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
        170052171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd");

    /// <inheritdoc/>
    public override string Name => "cifar-10";

    /// <inheritdoc/>
    public override string Description => "60,000 small photographs, 32x32 in colour, 10 classes (50,000 to train, 10,000 to test)";

    private protected override RemoteFile Archive => Official;

    private protected override string BinaryFolder => "cifar-10-batches-bin";

    private protected override IReadOnlyList<string> TrainBatches { get; } = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")];

    private protected override string TestBatch => "test_batch.bin";

    private protected override IReadOnlyList<string> PictureNames { get; } =
        ["cifar10-train-jpg.tar", "cifar10.tar", "cifar-10.tar", "CIFAR-10-images.tar", "CIFAR-10-images", "cifar10", "cifar-10"];

    private protected override bool HoldsTestPictures(string name) =>
        FileSystemName.MatchesSimpleExpression("cifar*10*test*", name, ignoreCase: false) && !name.Contains("100", StringComparison.Ordinal);

    private protected override int HeldOutPerClass => 500; // a tenth of the 5,000 of each class

    private protected override InMemoryDataset LoadBinaryFiles(params IReadOnlyList<string> paths) => CifarBinary.Load(Name, paths);
}
