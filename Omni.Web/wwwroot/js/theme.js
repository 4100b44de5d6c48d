// Runs before the first paint, so it is a plain script: how the reader left the page, and where the reader is.
(() => {
  const root = document.documentElement;
  const read = (name) => { try { return localStorage.getItem(`omni.${name}`); } catch { return null; } };
  const theme = read('theme');
  if (theme === 'light' || theme === 'dark' || theme === 'auto') root.dataset.theme = theme;
  if (read('density') === 'dense') root.dataset.density = 'dense';
  if (read('context') === 'closed') root.dataset.context = 'closed';
  // The server writes times in the reader's zone from its very first answer.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes(`omni.zone=${encodeURIComponent(zone)}`)) {
    document.cookie = `omni.zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
  }
})();
