using System.IO.Enumeration;

namespace Gradus.Data;

/// <summary>CIFAR-100: 60,000 small photographs, 32x32 in colour, 100 classes; the 20 coarse ones are not read.</summary>
/// <remarks>Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf</remarks>
public sealed class Cifar100 : CifarSource
{
    // The MD5 that the page publishes is 03b5dce01913d631647c71ecec9e9cb8.
    internal static readonly RemoteFile Official = new(new Uri("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"),
        168513733, "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec");

    /// <inheritdoc/>
    public override string Name => "cifar-100";

    /// <inheritdoc/>
    public override string Description => "60,000 small photographs, 32x32 in colour, 100 classes (50,000 to train, 10,000 to test)";

    private protected override RemoteFile Archive => Official;

    private protected override string BinaryFolder => "cifar-100-binary";

    private protected override IReadOnlyList<string> TrainBatches { get; } = ["train.bin"];

    private protected override string TestBatch => "test.bin";

    private protected override IReadOnlyList<string> PictureNames { get; } =
        ["cifar100-train-jpg.tar", "cifar100.tar", "cifar-100.tar", "CIFAR-100-images.tar", "CIFAR-100-images", "cifar100", "cifar-100"];

    private protected override bool HoldsTestPictures(string name) => FileSystemName.MatchesSimpleExpression("cifar*100*test*", name, ignoreCase: false);

    private protected override int HeldOutPerClass => 50; // a tenth of the 500 of each class

    private protected override InMemoryDataset LoadBinaryFiles(params IReadOnlyList<string> paths) => CifarBinary.LoadFine(Name, paths);
}
