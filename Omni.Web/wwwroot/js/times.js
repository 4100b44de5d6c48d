// Keeps "6 min" and "22 h left" true without asking the server. Says what Reader.cs says.

const DAY = 86400000;

/** @param {number} at @param {number} now */
export function ago(at, now) {
  const age = now - at;
  if (age < 60000) return 'now';
  if (age < 3600000) return `${Math.floor(age / 60000)} min`;
  const [then, today] = [new Date(at), new Date(now)];
  const days = Math.round((new Date(today).setHours(0, 0, 0, 0) - new Date(then).setHours(0, 0, 0, 0)) / DAY);
  if (days === 0 || age < 6 * 3600000) return `${Math.floor(age / 3600000)} h`;
  if (days === 1) return 'Yesterday';
  if (days < 7) return then.toLocaleDateString('en', { weekday: 'short' });
  const month = then.toLocaleDateString('en', { month: 'short' });
  return then.getFullYear() === today.getFullYear() ? `${then.getDate()} ${month}` : `${then.getDate()} ${month} ${then.getFullYear()}`;
}

/** @param {number} ms */
export function left(ms) {
  if (ms <= 0) return 'Window closed';
  const hours = Math.floor(ms / 3600000);
  const span = hours >= 48 ? `${Math.floor(hours / 24)} d` : hours >= 2 ? `${hours} h` : hours >= 1 ? `1 h ${Math.floor(ms / 60000) % 60} m` : `${Math.max(1, Math.floor(ms / 60000))} m`;
  return `${span} left`;
}

function refresh() {
  const now = Date.now();
  // Only the text inside Blazor's own node changes; the node stays.
  for (const time of document.querySelectorAll('time[data-ago]')) {
    const words = ago(Date.parse(time.getAttribute('datetime') ?? ''), now);
    if (time.firstChild && time.firstChild.nodeValue !== words) time.firstChild.nodeValue = words;
  }
  for (const chip of document.querySelectorAll('[data-until]')) {
    const until = chip.getAttribute('data-until');
    const span = chip.querySelector('span');
    const words = until ? left(Date.parse(until) - now) : '';
    if (words && span?.firstChild && span.firstChild.nodeValue !== words) span.firstChild.nodeValue = words;
  }
}

setInterval(() => document.visibilityState === 'visible' && refresh(), 30000);
document.addEventListener('visibilitychange', refresh);
