using Gradus.Graph;
using Gradus.Metrics;
using Gradus.Ops;

namespace Gradus.Labs.Convolution;

/// <summary>Sobel's kernels answer at edges and are silent where a photograph is flat.</summary>
/// <remarks>
/// The photographs of Fashion-MNIST stand before black, so that their outline is known without any filter: a place is an <em>edge</em> if the
/// garment's border passes through its 3x3 window, and <em>flat</em> if the window lies wholly inside the garment or wholly outside. What decides is
/// the mean answer at edges over that at flat places, and the chance that a random edge answers more strongly than a random flat place (the area
/// under the ROC curve: 1 is perfect, 0.5 is guessing), for the gradient's size √(gx² + gy²) and, for comparison, for a blur of the same window. Sobel and Feldman 1968, as told in Duda and Hart
/// 1973, "Pattern Classification and Scene Analysis", page 271.
/// </remarks>
public sealed class EdgeKernels : Lab
{
    private const float Garment = 0.2f; // fainter pixels are neither garment nor background: left out

    private static readonly float[] Horizontal = [-1, 0, 1, -2, 0, 2, -1, 0, 1], Vertical = [-1, -2, -1, 0, 0, 0, 1, 2, 1], Blur = [1, 2, 1, 2, 4, 2, 1, 2, 1];

    [Knob(0, 2, En = "added to every weight of Sobel's kernels, which sum to 0 without it", Zh = "给 Sobel 核的每个权重加上的数；不加时权重之和为 0")]
    public double Offset { get; init; }

    public override Bilingual Title => ("Sobel's kernels find the edges of photographs", "Sobel 核找出照片中的边缘");

    public override IReadOnlyList<string> Data => [Sets.Fashion];

    public override IReadOnlyList<Preset> Presets =>
    [
        new("brightness", ("Weights that no longer sum to 0: the kernel answers to brightness, most of all inside the garment where there is no edge.", "权重之和不再为 0：核响应的是亮度，在没有边缘的衣物内部反而最强。"), ("offset", "1")),
    ];

    protected internal override IReadOnlyList<Verdict> Run(LabContext lab)
    {
        int count = lab.Pick(50, 300, 1_000);
        var test = lab.Load(Sets.Fashion).Test;

        Arm Measure(Bilingual name, Func<Tensor, Tensor> filter, Func<float[], bool[], double> figure) => lab.Measure(name, seed =>
        {
            var pictures = LabContext.Samples(LabContext.Some(test, count, seed)).Inputs;
            var (answers, edges) = Judged(pictures, filter(pictures));
            return figure(answers, edges);
        });

        var sobel = Measure(("Sobel, mean answer at edges over that at flat places", "Sobel：边缘与平坦处的平均响应之比"), Gradient, Ratio);
        var blur = Measure(("blur, the same", "模糊核：同一比值"), BlurOf, Ratio);
        var ranked = Measure(("Sobel, chance that an edge is ahead", "Sobel：边缘响应更强的概率"), Gradient, Area);
        var rankedBlur = Measure(("blur, the same chance", "模糊核：同一概率"), BlurOf, Area);
        Show(lab, LabContext.Samples(LabContext.Some(test, 30, lab.Seeds[0])).Inputs);
        return
        [
            Verdict.Holds(
                "kernels-find-edges", [sobel, blur, ranked, rankedBlur],
                Condition.AtLeast(("mean answer at edges over that at flat places", "边缘与平坦处的平均响应之比"), sobel.Median, 5),
                Condition.AtLeast(("chance that an edge answers more strongly than a flat place", "边缘处响应强于平坦处的概率"), ranked.Median, 0.95),
                Condition.AtLeast(("the same chance, Sobel minus blur", "同一概率：Sobel 减模糊核"), ranked.Median - rankedBlur.Median, 0.2)),
        ];
    }

    // The size of the gradient: both kernels' answers, squared and summed.
    private Tensor Gradient(Tensor pictures)
    {
        var (gx, gy) = (Filter(pictures, Shifted(Horizontal)), Filter(pictures, Shifted(Vertical)));
        for (int i = 0; i < gx.Count; i++) gx.Span[i] = MathF.Sqrt(gx.Span[i] * gx.Span[i] + gy.Span[i] * gy.Span[i]);
        return gx;
    }

    private float[] Shifted(float[] kernel) => [.. kernel.Select(weight => weight + (float)Offset)];

    // [n, 1, 28, 28] to [n, 1, 26, 26]: windows inside the picture only.
    private static Tensor Filter(Tensor pictures, float[] kernel)
    {
        using var _ = GradientMode.Off();
        return pictures.Convolve2d(Tensor.From(kernel, [1, 1, 3, 3]), null);
    }

    private static Tensor BlurOf(Tensor pictures) => Filter(pictures, Blur);

    private static double Ratio(float[] answers, bool[] edges) => answers.Where((_, i) => edges[i]).Average() / answers.Where((_, i) => !edges[i]).Average();

    private static double Area(float[] answers, bool[] edges) => RocCurve.Of(answers, edges).Area;

    // The answers at all places that are one or the other, and whether each is an edge.
    private static (float[] Answers, bool[] Edges) Judged(Tensor pictures, Tensor answers)
    {
        var (values, edges) = (new List<float>(), new List<bool>());
        int height = answers.Shape[2], width = answers.Shape[3];
        for (int i = 0; i < answers.Count; i++)
        {
            int first = i / (height * width) * (height + 2) * (width + 2) + i / width % height * (width + 2) + i % width;
            if (Kind(pictures.Span, first, width + 2) is not { } edge) continue;
            values.Add(answers.Span[i]);
            edges.Add(edge);
        }

        return ([.. values], [.. edges]);
    }

    // True: the outline passes through the window; false: it is all garment or all background; null: a pixel is neither.
    private static bool? Kind(ReadOnlySpan<float> pixels, int first, int width)
    {
        int inside = 0, outside = 0;
        for (int tap = 0; tap < 9; tap++)
        {
            float pixel = pixels[first + tap / 3 * width + tap % 3];
            if (pixel >= Garment) inside++;
            else if (pixel == 0) outside++;
        }

        return inside + outside < 9 ? null : inside > 0 && outside > 0;
    }

    private void Show(LabContext lab, Tensor pictures)
    {
        var grid = new List<Plots.Picture>();
        foreach (int i in new[] { 0, 7, 19 })
        {
            var one = pictures.Slice(0, i, 1);
            grid.Add(new Plots.Picture(one.ToArray(), 1, 28, 28, "photograph 照片"));
            grid.Add(Drawn(Filter(one, Shifted(Horizontal)), "gx"));
            grid.Add(Drawn(Filter(one, Shifted(Vertical)), "gy"));
            grid.Add(Drawn(Gradient(one), "|g|"));
            grid.Add(Drawn(BlurOf(one), "blur 模糊"));
        }

        lab.Show("edges", ("Photographs, the answers of both Sobel kernels (as sizes), the gradient's size, and a blur", "照片、两个 Sobel 核的响应（取绝对值）、梯度大小，以及模糊结果"), grid, columns: 5);
    }

    private static Plots.Picture Drawn(Tensor answers, string caption)
    {
        float[] sizes = [.. answers.ToArray().Select(MathF.Abs)];
        float most = Math.Max(1e-6f, sizes.Max());
        return new Plots.Picture(sizes.Select(size => size / most).ToArray(), 1, answers.Shape[2], answers.Shape[3], caption);
    }
}
