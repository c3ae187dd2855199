using BenchmarkDotNet.Running;
using Bench;
using Bench.Peers;
using Bench.Report;
using Bench.Sides;

const string Usage = """
    dotnet run -c Release --project bench/Gradus.Bench -- COMMAND

      peers      Gradus beside its peers, where Gradus has the case
      peer-only  the peers' times alone
      profile    where the time of Gradus' training steps goes, instruction by instruction
      kernels    BenchmarkDotNet on single kernels (its own options follow, such as --filter '*Workers*')

    Options of the first two (profile takes --threads and --cases):
      --quick          shorter turns, fewer of them
      --threads N,...  threads of each side (1,2)
      --cases A,...    only these, or those that begin so: cnn stands for cnn-32 and cnn-128
      --vary           random neighbouring sizes; a row is the trial with the median ratio
      --seed N         of --vary (1)
      --json FILE      the rows as a JSON array
    """;

try
{
    switch (args)
    {
        case [SideProcess.Command, .. var rest]:
            return SideProcess.Run(rest);
        case ["peers" or "peer-only", .. var rest]:
            Compare(Options.Parse(rest), peerOnly: args[0] == "peer-only");
            return 0;
        case ["profile", .. var rest]:
            PrintProfiles(Options.Parse(rest));
            return 0;
        case ["kernels", .. var rest]:
            BenchmarkSwitcher.FromAssembly(typeof(Contender).Assembly).Run(rest.Length > 0 ? rest : ["--filter", "*"]);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (BenchException failure)
{
    Console.Error.WriteLine(failure.Message);
    return failure.IsUsage ? 2 : 1;
}

static void Compare(Options options, bool peerOnly)
{
    LibtorchLoader.Prepare();
    var rows = new List<Row>();
    Output.Header();
    foreach (var row in new Comparison(options, peerOnly).Run())
    {
        rows.Add(row);
        Output.Write(row);
    }

    if (options.Json is { } file) Output.Save(rows, file);
}

static void PrintProfiles(Options options)
{
    foreach (var one in options.Cases.Where(one => Contenders.Exists(one.Work, Side.Gradus)))
    {
        if (Contenders.Create(one.Work, Side.Gradus) is not GradusTraining training) continue;
        foreach (int threads in options.Threads)
        {
            Console.WriteLine($"{one.Name}, {threads} thread(s)");
            training.PrintProfile(one.Sizes, threads);
        }
    }
}
