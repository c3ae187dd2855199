using Gradus.Bank;
using Gradus.Labs;
using Microsoft.Playwright;

namespace Gradus.Book.Tests;

/// <summary>The book of the whole bank in Chromium: every page, both languages, a wide and a narrow window.</summary>
public sealed class BrowserTests(BrowserTests.Book book) : IClassFixture<BrowserTests.Book>
{
    [Theory]
    [InlineData("en", 1280), InlineData("en", 390), InlineData("zh", 1280), InlineData("zh", 390)]
    public async Task Every_page_opens_without_fault_overflow_or_outside_request(string language, int width)
    {
        var (page, faults) = await book.Open(width, TestContext.Current.CancellationToken);
        foreach (string file in Directory.GetFiles(Path.Combine(book.Folder, language), "*.html", SearchOption.AllDirectories))
        {
            await page.GotoAsync($"file://{file}");
            int over = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - window.innerWidth");
            if (over > 0) faults.Add($"{file}: {over} pixels wider than the window");
            if (await page.EvaluateAsync<int>("document.querySelectorAll('.katex-error').length") > 0) faults.Add($"{file}: a formula was not drawn");
            if (await page.EvaluateAsync<int>("[...document.images].filter(image => image.complete && image.naturalWidth === 0).length") > 0) faults.Add($"{file}: a picture is missing");
        }

        Assert.Equal("", string.Join(Environment.NewLine, faults));
    }

    [Fact]
    public async Task Every_link_leads_to_a_page_and_every_anchor_to_a_place()
    {
        var (page, _) = await book.Open(1280, TestContext.Current.CancellationToken);
        var faults = new List<string>();
        var places = new Dictionary<string, HashSet<string>>();
        var links = new List<(string From, string To)>();
        foreach (string file in Directory.GetFiles(book.Folder, "*.html", SearchOption.AllDirectories).Where(file => Path.GetDirectoryName(file) != book.Folder))
        {
            await page.GotoAsync($"file://{file}");
            places[file] = [.. await page.EvaluateAsync<string[]>("[...document.querySelectorAll('[id]')].map(part => part.id)")];
            links.AddRange((await page.EvaluateAsync<string[]>("[...document.querySelectorAll('a[href]')].map(link => link.href).filter(link => link.startsWith('file:'))")).Select(link => (file, link)));
        }

        foreach (var (from, to) in links)
        {
            string[] parts = to["file://".Length..].Split('#');
            string file = Uri.UnescapeDataString(parts[0]);
            if (!places.TryGetValue(file, out var ids)) faults.Add($"{from}: {to} is not there");
            else if (parts.Length > 1 && !ids.Contains(Uri.UnescapeDataString(parts[1]))) faults.Add($"{from}: there is no #{parts[1]} in {parts[0]}");
        }

        Assert.Equal("", string.Join(Environment.NewLine, faults.Distinct()));
    }

    [Theory]
    [InlineData("en", "vanishing gradients", "questions/11-"), InlineData("zh", "梯度消失", "questions/11-"), InlineData("en", "vanishin", "questions/11-")]
    public async Task Search_finds(string language, string words, string address)
    {
        var (page, faults) = await book.Open(1280, TestContext.Current.CancellationToken);
        await page.GotoAsync($"file://{book.Folder}/{language}/index.html");
        await page.FillAsync("#search", words);
        Assert.Contains(await page.EvaluateAsync<string[]>("[...document.querySelectorAll('#hits a')].slice(0, 5).map(link => link.href)"), link => link.Contains(address, StringComparison.Ordinal));
        await page.PressAsync("#search", "Enter");
        await page.WaitForURLAsync("**/*.html");
        await page.FillAsync("#search", "qqqqqqqq");
        Assert.Equal(0, await page.Locator("#hits a").CountAsync());
        Assert.Equal("", string.Join(Environment.NewLine, faults));
    }

    [Fact]
    public async Task The_language_switch_keeps_the_place()
    {
        var (page, faults) = await book.Open(1280, TestContext.Current.CancellationToken);
        string file = Directory.GetFiles(Path.Combine(book.Folder, "en", "questions"), "11-*.html").Single();
        await page.GotoAsync($"file://{file}#trade-offs");
        await page.EvaluateAsync("document.querySelector('a.lang').click()"); // a click by the mouse would first scroll to the heading's place in the text
        await page.WaitForURLAsync("**/zh/questions/**");
        Assert.EndsWith("#trade-offs", page.Url, StringComparison.Ordinal);
        Assert.InRange(await page.EvaluateAsync<double>("document.getElementById('trade-offs').getBoundingClientRect().top"), -5, 200);
        Assert.Equal("", string.Join(Environment.NewLine, faults));
    }

    [Fact]
    public async Task The_theme_is_switched_and_remembered_and_charts_are_drawn_again()
    {
        var (page, faults) = await book.Open(1280, TestContext.Current.CancellationToken);
        await page.GotoAsync($"file://{book.Folder}/en/labs/vanishing-gradients.html");
        Assert.Equal(1, await page.Locator("figure.chart canvas").CountAsync());
        string before = await Paper(page);
        await page.ClickAsync("#theme");
        Assert.NotEqual(before, await Paper(page));
        Assert.Equal(1, await page.Locator("figure.chart canvas").CountAsync());
        await page.ReloadAsync();
        Assert.NotEqual(before, await Paper(page));
        Assert.Equal("", string.Join(Environment.NewLine, faults));

        static Task<string> Paper(IPage page) => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
    }

    public sealed class Book : IAsyncLifetime
    {
        private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

        private IPlaywright? _playwright;
        private IBrowser? _browser;

        public string Folder { get; } = Path.Combine(AppContext.BaseDirectory, $"book-{Guid.NewGuid():N}");

        public async ValueTask InitializeAsync()
        {
            if (Places.FirstOrDefault(File.Exists) is not { } chromium) return;
            string verified = $"{Folder}-verified";
            var (bank, labs) = (QuestionBank.Load(), new LabCatalog());
            var result = new LabRunner(new NetworkCache(Path.Combine(verified, "networks"))).Run(labs.Make("vanishing-gradients"), new LabSettings(Budget.Tiny, Path.Combine(verified, "vanishing-gradients")));
            Assert.Null(result.Failure);
            StaticBook.Write(BookContents.Of(bank, labs, verified), Folder);
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = chromium, Args = ["--no-sandbox"] });
        }

        /// <summary>A page, and what it complains of.</summary>
        public async Task<(IPage Page, List<string> Faults)> Open(int width, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_browser is null) Assert.Skip("there is no Chromium here: apt-get install chromium");
            var page = await _browser!.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 } });
            var faults = new List<string>();
            page.Console += (_, message) =>
            {
                if (message.Type is "error" or "warning") faults.Add($"{page.Url}: {message.Text}");
            };
            page.PageError += (_, error) => faults.Add($"{page.Url}: {error}");
            page.RequestFailed += (_, request) => faults.Add($"{page.Url}: {request.Url} failed");
            page.Request += (_, request) =>
            {
                if (!request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal)) faults.Add($"{page.Url} asks for {request.Url}");
            };
            return (page, faults);
        }

        public async ValueTask DisposeAsync()
        {
            if (_browser is not null) await _browser.CloseAsync();
            _playwright?.Dispose();
            foreach (string folder in new[] { Folder, $"{Folder}-verified" })
            {
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            }
        }
    }
}
