// Theme, language switch, search and charts. Everything comes from this folder: the book is read without a server.
(() => {
  const root = document.documentElement;
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a page from a file may have no storage */ } };

  const charts = [];
  document.getElementById('theme')?.addEventListener('click', () => {
    root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
    remember('gradus-theme', root.dataset.theme);
    charts.forEach(draw => draw());
  });

  // The other language's page has the same names for its parts: the reader stays where he was.
  const other = document.querySelector('a.lang');
  other?.addEventListener('click', () => {
    remember('gradus-language', other.hreflang);
    const passed = [...document.querySelectorAll('main [id]')].filter(part => part.getBoundingClientRect().top < innerHeight * 0.3 && part.matches('h2, h3, figure, .erratum, .claim'));
    if (passed.length > 0 && scrollY > 0) other.href = other.href.split('#')[0] + '#' + passed.at(-1).id;
  });

  const input = document.getElementById('search'), hits = document.getElementById('hits');
  let index = null;
  // Chinese has no blanks between words: pairs of characters stand for words.
  const tokenize = text => {
    const tokens = [];
    for (const [run] of text.toLowerCase().matchAll(/[\p{Script=Han}]+|[\p{L}\p{N}]+/gu)) {
      if (!/\p{Script=Han}/u.test(run)) tokens.push(run);
      else if (run.length === 1) tokens.push(run);
      else for (let i = 0; i + 1 < run.length; i++) tokens.push(run.slice(i, i + 2));
    }
    return tokens;
  };
  const load = () => {
    if (index || !window.gradusPages) return index;
    index = new MiniSearch({ fields: ['title', 'words', 'text'], storeFields: ['title', 'kind', 'url', 'short'], tokenize, processTerm: term => term, searchOptions: { boost: { title: 6, words: 3 }, prefix: term => term.length > 2, fuzzy: term => term.length > 4 && !/\p{Script=Han}/u.test(term) ? 0.15 : false, combineWith: 'AND' } });
    index.addAll(window.gradusPages);
    return index;
  };
  const show = () => {
    const found = input.value.trim() && load() ? index.search(input.value).slice(0, 12) : [];
    hits.replaceChildren(...found.map(hit => {
      const link = document.createElement('a'), small = document.createElement('small');
      link.href = root.dataset.base + hit.url;
      link.textContent = hit.title;
      small.textContent = hit.short;
      link.append(small);
      return link;
    }));
    if (found.length === 0) { const none = document.createElement('p'); none.textContent = hits.dataset.nothing; hits.append(none); }
    hits.classList.toggle('open', input.value.trim() !== '');
  };
  input?.addEventListener('input', show);
  input?.addEventListener('focus', show);
  input?.addEventListener('keydown', event => {
    const links = [...hits.querySelectorAll('a')], at = links.findIndex(link => link.classList.contains('on'));
    if (event.key === 'Escape') { hits.classList.remove('open'); input.blur(); }
    else if (event.key === 'Enter') (links[at] ?? links[0])?.click();
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const next = (at + (event.key === 'ArrowDown' ? 1 : -1) + links.length) % Math.max(1, links.length);
      links.forEach((link, i) => link.classList.toggle('on', i === next));
      links[next]?.scrollIntoView({ block: 'nearest' });
    }
  });
  document.addEventListener('click', event => { if (!event.target.closest('.tools')) hits?.classList.remove('open'); });
  document.addEventListener('keydown', event => { if (event.key === '/' && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) { event.preventDefault(); input?.focus(); } });

  const colour = name => getComputedStyle(root).getPropertyValue(name).trim();
  for (const figure of document.querySelectorAll('figure.chart')) {
    const chart = JSON.parse(figure.querySelector('script').textContent), place = figure.querySelector('.plot');
    const usable = (value, log) => value === null || (log && value <= 0) ? null : value;
    const tables = chart.lines.map(line => {
      const points = line.x.map((x, i) => [x, usable(line.y[i], chart.logY)]).filter(([x]) => usable(x, chart.logX) !== null).sort((a, b) => a[0] - b[0]);
      return [points.map(point => point[0]), points.map(point => point[1])];
    });
    if (tables.length === 0) continue;
    const data = uPlot.join(tables);
    let plot = null;
    const draw = () => {
      plot?.destroy();
      const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line') }, font: '12px system-ui', labelFont: '13px system-ui' };
      plot = new uPlot({
        width: place.clientWidth, height: 320,
        scales: { x: { time: false, distr: chart.logX ? 3 : 1 }, y: { distr: chart.logY ? 3 : 1 } },
        axes: [{ ...axis, label: chart.xLabel }, { ...axis, label: chart.yLabel, size: 70 }],
        series: [{ label: chart.xLabel }, ...chart.lines.map((line, i) => ({ label: line.name, stroke: colour('--c' + i % 7), width: 2, dash: i >= 7 ? [6, 4] : undefined, spanGaps: true, points: { show: line.x.length <= 40, size: 6 } }))],
      }, data, place);
    };
    charts.push(draw);
    draw();
    new ResizeObserver(() => { if (plot && Math.abs(plot.width - place.clientWidth) > 1) plot.setSize({ width: place.clientWidth, height: 320 }); }).observe(place);
  }
})();
