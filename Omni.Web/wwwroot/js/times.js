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

const SOON = 4 * 3600000;
const spoken = (/** @type {string} */ words) => words.replace(' h ', ' hours ').replace(' m ', ' minutes ').replace(' d ', ' days ');

/** A reply window's chip, and the same words in its row's name. @param {Element} chip @param {number} now */
function chipOf(chip, now) {
  const ms = Date.parse(chip.getAttribute('data-until') ?? '') - now;
  const text = chip.querySelector('span')?.firstChild;
  const [words, before] = [left(ms), text?.nodeValue ?? ''];
  if (!text || words === before) return;
  text.nodeValue = words;
  chip.classList.toggle('chip--warn', ms > 0 && ms <= SOON);
  chip.classList.toggle('chip--bad', ms <= 0);
  chip.querySelector('use')?.setAttribute('href', `/icons.svg#${ms > 0 ? 'hourglass' : 'lock'}`);
  const row = chip.closest('.row');
  row?.setAttribute('aria-label', (row.getAttribute('aria-label') ?? '').replace(spoken(before), spoken(words)));
}

/** Puts the times below an element right. @param {ParentNode} root */
export function freshen(root) {
  const now = Date.now();
  // Only the text inside Blazor's own node changes; the node stays.
  for (const time of root.querySelectorAll('time[data-ago]')) {
    const words = ago(Date.parse(time.getAttribute('datetime') ?? ''), now);
    if (time.firstChild && time.firstChild.nodeValue !== words) time.firstChild.nodeValue = words;
  }
  for (const chip of root.querySelectorAll('[data-until]')) chipOf(chip, now);
}

const refresh = () => freshen(document);

setInterval(() => document.visibilityState === 'visible' && refresh(), 30000);
document.addEventListener('visibilitychange', refresh);
