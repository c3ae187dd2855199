// Before the page is drawn, so that it does not flash.
(() => {
  let theme = null;
  try { theme = localStorage.getItem('gradus-theme'); } catch { /* a page from a file may have no storage */ }
  document.documentElement.dataset.theme = theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
})();
