namespace Bench;

/// <summary>The cases of the comparison, in the order of its table.</summary>
internal static class AllCases
{
    private static readonly PeerSetting[] ForPictures =
        [PeerSetting.Default, PeerSetting.TunedAllocator, PeerSetting.ChannelsLast, PeerSetting.ChannelsLastTuned];

    public static readonly IReadOnlyList<Case> List =
    [
        Matmul(256), Matmul(512), Matmul(1024), Matmul(2048),
        new("mlp-3-4-2", "mlp", new(("batch", 5), ("inputs", 3), ("hidden", 4), ("outputs", 2)), Mlp),
        new("sequence-lstm", "lstm", new(("batch", 64), ("steps", 10), ("features", 3), ("hidden", 10), ("classes", 2)), Lstm),
        new("text-lstm", "lstm", new(("batch", 32), ("steps", 50), ("features", 100), ("hidden", 128), ("classes", 10)), Lstm),
        new("bilstm-crf", "bilstm-crf", new(("batch", 32), ("steps", 50), ("features", 100), ("hidden", 100), ("tags", 9)), BilstmCrf),
        new("cnn-32", "cnn-32", new(("batch", 64), ("side", 32), ("channels", 3), ("filters", 64), ("classes", 10)), Cnn32)
        {
            Metrics = [Metric.Step, Metric.Start], PeerSettings = ForPictures, Fixed = ["channels"],
        },
        new("cnn-128", "cnn-128",
            new(("batch", 32), ("side", 128), ("channels", 3), ("filters1", 32), ("filters2", 64), ("dense", 128), ("classes", 2)), Cnn128)
        {
            Metrics = [Metric.Step, Metric.Resident], PeerSettings = ForPictures, Fixed = ["channels"],
        },
        new("resnet-20", "resnet-20", new(("batch", 128), ("side", 32), ("channels", 3), ("classes", 10)), ResNet20) { PeerSettings = ForPictures, Fixed = ["channels"] },
        new("augmentation", "augmentation", new(("batch", 128), ("side", 32), ("channels", 3)), Augmentation) { Fixed = ["channels"] },
        new("transformer-encoder", "transformer-encoder", new(("batch", 16), ("steps", 128), ("features", 128), ("classes", 10)), TransformerEncoder)
        {
            PeerSettings = [PeerSetting.Default, PeerSetting.TunedAllocator],
        },
        new("vit-tiny", "vit-tiny", new(("batch", 32), ("side", 32), ("channels", 3), ("classes", 10)), VitTiny)
        {
            PeerSettings = [PeerSetting.Default, PeerSetting.TunedAllocator], Fixed = ["side", "channels"],
        },
        new("resnet-18", "resnet-18", new(("batch", 1), ("side", 224)), ResNet18) { Varies = false },
    ];

    private static Case Matmul(int size) =>
        new($"matmul-{size}", "matmul", new(("m", size), ("n", size), ("k", size)), s => (double)s["m"] * s["n"] * s["k"]);

    // Of each value: a bilinear look-up, and its pixel's affine colour map.
    private static double Augmentation(Sizes s) => s["batch"] * (double)s["side"] * s["side"] * s["channels"] * (3 + s["channels"]);

    // A layer costs its forward product once more for the gradient of its weights and, past the first layer, once more for its input's.
    private static double Mlp(Sizes s) => s["batch"] * (2.0 * s["inputs"] * s["hidden"] + 3.0 * s["hidden"] * s["outputs"]);

    private static double Lstm(Sizes s)
    {
        double gates = 4.0 * s["hidden"];
        double input = 2 * s["steps"] * s["features"] * gates;
        double recurrent = 3 * (s["steps"] - 1) * s["hidden"] * gates; // the first step's state is zero
        return s["batch"] * (input + recurrent + 3.0 * s["hidden"] * s["classes"]);
    }

    // Twice an LSTM, whose output has a gradient at every step; the products with the transitions, forward, backward and of the pairs, are small beside it.
    private static double BilstmCrf(Sizes s)
    {
        double gates = 4.0 * s["hidden"];
        double lstm = 2 * s["steps"] * s["features"] * gates + 3 * (s["steps"] - 1) * s["hidden"] * gates;
        return s["batch"] * (2 * lstm + s["steps"] * (3.0 * 2 * s["hidden"] * s["tags"] + 3.0 * s["tags"] * s["tags"]));
    }

    private static double Cnn32(Sizes s)
    {
        int first = (s["side"] - 2) / 2, second = (first - 2) / 2;
        double conv1 = Convolution(2 * first, s["channels"], s["filters"]);
        double conv2 = Convolution(2 * second, s["filters"], s["filters"]);
        double dense = (double)second * second * s["filters"] * s["classes"];
        return s["batch"] * (2 * conv1 + 3 * conv2 + 3 * dense);
    }

    private static double Cnn128(Sizes s)
    {
        int first = (s["side"] - 2) / 2, second = (first - 2) / 2;
        double conv1 = Convolution(2 * first, s["channels"], s["filters1"]);
        double conv2 = Convolution(2 * second, s["filters1"], s["filters2"]);
        double dense = ((double)second * second * s["filters2"] + s["classes"]) * s["dense"];
        return s["batch"] * (2 * conv1 + 3 * conv2 + 3 * dense);
    }

    private static double TransformerEncoder(Sizes s)
    {
        double embed = (double)s["steps"] * s["features"] * 128;
        return s["batch"] * (2 * embed + 3 * 2 * EncoderLayer(s["steps"], 128, 512) + 3.0 * 128 * s["classes"]);
    }

    private static double VitTiny(Sizes s)
    {
        double patches = s["side"] / 4 * (s["side"] / 4);
        return s["batch"] * (2 * patches * 16 * s["channels"] * 192 + 3 * 6 * EncoderLayer(patches + 1, 192, 768) + 3.0 * 192 * s["classes"]);
    }

    // Four projections of attention, two linear layers, and the products of queries, keys and values.
    private static double EncoderLayer(double steps, int width, int hidden) => steps * (4.0 * width * width + 2.0 * width * hidden) + 2 * steps * steps * width;

    private static double Convolution(int side, int inputs, int outputs) => (double)side * side * 9 * inputs * outputs;

    // He et al. 2016, section 4.2: a stem, then three stages of six 3x3 convolutions with a 1x1 shortcut from the second on.
    private static double ResNet20(Sizes s)
    {
        double stem = Convolution(s["side"], s["channels"], 16), rest = 6 * Convolution(s["side"], 16, 16), side = s["side"];
        for (int channels = 32; channels <= 64; channels *= 2)
        {
            side = Math.Ceiling(side / 2);
            rest += side * side * channels * channels * (9 * 5.5 + 0.5); // the stage's first convolution and its shortcut read half the channels
        }

        return s["batch"] * (2 * stem + 3 * (rest + 64.0 * s["classes"]));
    }

    // The convolutions of He et al. 2015, table 1: stem 7x7, then four stages of four 3x3 convolutions with a 1x1 shortcut from the second on.
    private static double ResNet18(Sizes s)
    {
        double side = s["side"] / 2.0, sum = side * side * 49 * 3 * 64;
        side /= 2;
        sum += side * side * 9 * 64 * 64 * 4;
        for (int channels = 128; channels <= 512; channels *= 2)
        {
            side /= 2;
            sum += side * side * channels * channels * (9 * 3.5 + 0.5); // the stage's first convolution and its shortcut read half the channels
        }

        return s["batch"] * sum;
    }
}
