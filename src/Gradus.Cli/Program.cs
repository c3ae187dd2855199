using System.Reflection;
using System.Runtime.InteropServices;
using Gradus.Cli.Bank;
using Gradus.Cli.DataSets;
using Gradus.Cli.Labs;
using Gradus.Cli.Models;
using Gradus.Cli.Sweeps;
using Gradus.Cli.Train;
using Spectre.Console.Cli;

namespace Gradus.Cli;

/// <summary>The command <c>gradus</c>. Exit codes: 0 success, 1 failure, 2 wrong usage, 130 stopped by Ctrl+C.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        return await RunAsync(arguments, stop.Token);

        // The first signal asks the running command to stop cleanly and keep what was done; a second one ends the process.
        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    internal static Task<int> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var app = new CommandApp();
        app.Configure(configuration => Configure(configuration, arguments));
        return app.RunAsync(arguments, cancellation);
    }

    private static void Configure(IConfigurator configuration, string[] arguments)
    {
        configuration.SetApplicationName("gradus");
        configuration.SetApplicationVersion(typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);
        configuration.ConfigureConsole(Terminal.For(json: false));
        configuration.UseStrictParsing(); // else an option with a slip in its name is passed over
        configuration.SetExceptionHandler((failure, _) => Failures.Report(failure, arguments));
        configuration.AddCommand<TrainCommand>("train").WithDescription("Trains a network and leaves a folder with the model, its history and its pictures.")
            .WithExample("train", "cnn-small", "--data", "fashion-mnist")
            .WithExample("train", "resnet-20", "--data", "cifar-10", "--epochs", "20", "--out", "runs/r20")
            .WithExample("train", "cnn-small", "--data", "my-pictures/", "--seed", "1", "--json")
            .WithExample("train", "text-lstm", "--data", "sst2")
            .WithExample("train", "bilstm-crf", "--data", "conll2003", "--out", "runs/names")
            .WithExample("train", "gpt-small", "--data", "novel.txt")
            .WithExample("train", "resnet-20", "--data", "cifar-10", "--out", "runs/r20", "--resume");
        configuration.AddCommand<LearningRateFindCommand>("lr-find").WithDescription("Tries rising learning rates in a short training and suggests one.")
            .WithExample("lr-find", "cnn-small", "--data", "fashion-mnist").WithExample("lr-find", "resnet-20", "--data", "cifar-10", "--optimizer", "sgd", "--out", "rates.png");
        configuration.AddCommand<SweepCommand>("sweep").WithDescription("Trains one combination of a file of settings: one process for each, as in a Slurm array or a Kubernetes indexed job.")
            .WithExample("sweep", "rates.json", "--list")
            .WithExample("sweep", "rates.json", "--index", "3", "--out", "runs/rates")
            .WithExample("sweep", "rates.json", "--out", "runs/rates", "--collect");
        configuration.AddCommand<EvaluateCommand>("evaluate").WithDescription("Measures a trained network on its test set.")
            .WithExample("evaluate", "runs/r20").WithExample("evaluate", "runs/r20", "--json");
        configuration.AddCommand<PredictCommand>("predict").WithDescription("Says what is on pictures, classifies or tags texts, or continues one.")
            .WithExample("predict", "runs/r20", "cat.png", "ship.jpg").WithExample("predict", "runs/r20", "cat.png", "--json")
            .WithExample("predict", "runs/names", "--text", "\"Peter Blackburn lives in London .\"").WithExample("predict", "runs/novel", "--text", "\"It was a \"", "--length", "500");
        configuration.AddCommand<VerifyCommand>("verify").WithDescription("Runs the labs and holds every claim of the question bank against what they find.")
            .WithExample("verify", "--quick").WithExample("verify", "--full", "--evidence", "evidence.md", "--json", "evidence.json").WithExample("verify", "--questions", "5,27,41");
        configuration.AddCommand<BookCommand>("book").WithDescription("Writes the bank with the last verification as a web site that needs no server.")
            .WithExample("book", "site").WithExample("book", "site", "--from", "runs/verify-full");
        configuration.AddBranch("bank", bank =>
        {
            bank.SetDescription("The question bank: questions, answers, claims and errata, in Chinese and English.");
            bank.AddCommand<BankListCommand>("list").WithDescription("Lists the questions.").WithExample("bank", "list").WithExample("bank", "list", "--lang", "zh");
            bank.AddCommand<BankShowCommand>("show").WithDescription("Shows a question with its answer, its claims and its errata.").WithExample("bank", "show", "11").WithExample("bank", "show", "11", "--short", "--lang", "zh");
            bank.AddCommand<BankSearchCommand>("search").WithDescription("Finds words in questions and answers.").WithExample("bank", "search", "\"batch normalisation\"").WithExample("bank", "search", "梯度", "--lang", "zh");
        });
        configuration.AddBranch("lab", lab =>
        {
            lab.SetDescription("The labs: experiments that prove or refute what answers claim.");
            lab.AddCommand<LabListCommand>("list").WithDescription("Lists the labs and the questions that they serve.").WithExample("lab", "list").WithExample("lab", "list", "--lang", "zh");
            lab.AddCommand<LabShowCommand>("show").WithDescription("Shows a lab's claims, knobs and presets, or its source.").WithExample("lab", "show", "vanishing-gradients").WithExample("lab", "show", "vanishing-gradients", "--source");
            lab.AddCommand<LabRunCommand>("run").WithDescription("Runs a lab: figures, pictures, verdicts.")
                .WithExample("lab", "run", "vanishing-gradients").WithExample("lab", "run", "vanishing-gradients", "--full", "--set", "depth=50").WithExample("lab", "run", "vanishing-gradients", "--preset", "too-small");
        });
        configuration.AddBranch("data", data =>
        {
            data.SetDescription("The data sets: what there is, and how to get it.");
            data.AddCommand<DataListCommand>("list").WithDescription("Lists the data sets and where they lie on this machine.").WithExample("data", "list").WithExample("data", "list", "--json");
            data.AddCommand<DataShowCommand>("show").WithDescription("Draws samples of a data set, and what augmentations make of them.")
                .WithExample("data", "show", "cifar-10").WithExample("data", "show", "cifar-10", "--augment", "rotation:10,crop,horizontal-flip,hue", "--out", "seen.png");
            data.AddCommand<DataGetCommand>("get").WithDescription("Fetches a data set, checks it and keeps it in the cache.").WithExample("data", "get", "fashion-mnist");
        });
        configuration.AddBranch("model", model =>
        {
            model.SetDescription("The architectures: what there is, and what each is made of.");
            model.AddCommand<ModelListCommand>("list").WithDescription("Lists the architectures.").WithExample("model", "list").WithExample("model", "list", "--json");
            model.AddCommand<ModelShowCommand>("show").WithDescription("Prints the layers, shapes, parameters, multiply-adds and memory of one.").WithExample("model", "show", "cnn-32");
        });
    }
}
