// Starts the page: its own elements, then the circuit, with a quiet way back when the line is cut.
import { begin } from './outbox.js';
import { h, icon, wait } from './dom.js';
import { holdFocus, keepFocus } from './takeover.js';
import './pending.js';
import './composer.js';
import './list.js';
import './timeline.js';
import './times.js';
import './prefs.js';
import './menu.js';
import './notify.js';
import './shortcuts.js';

const BAR_AFTER = 3000;
const START_WITHIN = 15000;
const MOST_FAULTS = 3;

class OmniReconnect extends HTMLElement {
  /** @param {string} tone @param {string} sign @param {string} bold @param {string} words */
  say(tone, sign, bold, words) {
    this.replaceChildren(...(tone ? [h('div', { class: `banner banner--${tone} banner--slim` }, icon(sign, 's'), h('p', {}, h('b', {}, bold), ` ${words}`))] : []));
  }
}
customElements.define('omni-reconnect', OmniReconnect);
customElements.define('omni-live', class extends HTMLElement {});

const bar = () => /** @type {OmniReconnect|null} */ (document.querySelector('omni-reconnect'));

/** @param {boolean} live */
function dot(live) {
  document.body.classList.toggle('offline', !live);
  const light = document.querySelector('omni-live');
  light?.querySelector('.dot')?.setAttribute('class', `dot dot--${live ? 'ok' : 'warn'}`);
  const words = light?.querySelector('span')?.firstChild;
  if (words) words.nodeValue = live ? 'Live' : 'Reconnecting';
}

/** What the rows say, to tell afterwards how many changed. @returns {Record<string, string>} */
const rows = () => Object.fromEntries([...document.querySelectorAll('omni-list .row')].map((r) => [/** @type {HTMLElement} */ (r).dataset.id, `${r.querySelector('.row__text')?.textContent}${r.classList.contains('row--unread')}`]));

/** @param {Record<string, string>} before */
async function tellBack(before) {
  await wait(1500); // the gap is being filled
  const changes = Object.entries(rows()).filter(([id, words]) => before[id] !== words).length;
  bar()?.say('ok', 'check', 'Back.', changes === 0 ? 'Nothing changed meanwhile.' : `${changes} ${changes === 1 ? 'conversation' : 'conversations'} changed.`);
  await wait(4000);
  bar()?.say('', '', '', '');
}

let down = 0;
/** @type {Record<string, string>} */
let before = {};

async function onConnectionDown() {
  if (down) return;
  down = Date.now();
  before = rows();
  dot(false);
  setTimeout(() => down && bar()?.say('warn', 'retry', 'Reconnecting.', 'Your text is safe.'), BAR_AFTER);
  // Everybody comes back at once after a restart: spread it.
  await wait(200 + Math.random() * 600);
  while (down) {
    try {
      // @ts-ignore Blazor is the framework's global
      const back = await Blazor.reconnect();
      if (!back) {
        await reload();
        return;
      }
      return;
    } catch {
      await wait(Math.min(5000, 400 + (Date.now() - down) / 10) * (0.7 + Math.random() * 0.6));
    }
  }
}

/** The circuit is gone: the same address is loaded again, as soon as the server answers. Text, place and queue are kept in the browser. */
async function reload() {
  try { sessionStorage.setItem('omni.back', JSON.stringify(before)); } catch { /* only the line "Back" is lost */ }
  for (;;) {
    try {
      const answer = await fetch(location.href, { method: 'HEAD', cache: 'no-store' });
      if (answer.status < 500) break;
    } catch { /* not there yet */ }
    await wait(500 + Math.random() * 1000);
  }
  location.reload();
}

function onConnectionUp() {
  down = 0;
  dot(true);
  bar()?.say('', '', '', '');
  dispatchEvent(new Event('omni:server'));
  tellBack(before);
}

// @ts-ignore Blazor is the framework's global
const { Blazor: blazor } = window;
for (const [name, members] of Object.entries({ omnihold: ['held'], omnipick: ['ids', 'toggle'], omniswipe: ['id', 'right'], omniseen: ['seq'], omniview: ['visible'], omniact: ['act', 'value'], omniopen: [] })) {
  blazor.registerCustomEventType(name, { createEventArgs: (/** @type {CustomEvent} */ e) => Object.fromEntries(members.map((m) => [m, e.detail[m]]).filter(([, v]) => v !== undefined)) });
}

/** A line that fails in the very first moment leaves a page that looks alive and never changes: it is loaded again, each time after a longer wait. */
function watchStart() {
  const tries = Number(sessionStorage.getItem('omni.tries') ?? 0);
  setTimeout(() => {
    const live = document.querySelector('omni-live');
    if (!live || live.hasAttribute('data-up')) sessionStorage.removeItem('omni.tries');
    else if (!down) {
      sessionStorage.setItem('omni.tries', String(Math.min(tries + 1, 4)));
      dot(false);
      reload();
    }
  }, START_WITHIN * 2 ** tries);
}

/** A circuit that broke leaves a page that never changes again: it is loaded anew. One that breaks again and again says so instead. */
function watchFault() {
  const sign = document.getElementById('blazor-error-ui');
  if (!sign) return;
  new MutationObserver((_, watch) => {
    watch.disconnect();
    sign.style.display = 'none';
    dot(false);
    const now = Date.now();
    const faults = [...JSON.parse(sessionStorage.getItem('omni.faults') ?? '[]').filter((/** @type {number} */ at) => now - at < 60000), now];
    sessionStorage.setItem('omni.faults', JSON.stringify(faults));
    if (faults.length > MOST_FAULTS) bar()?.say('bad', 'error', 'This page does not work at the moment.', 'Your text is safe. Load it again in a while.');
    else reload();
  }).observe(sign, { attributes: true, attributeFilter: ['style'] });
}

begin();
keepFocus();
holdFocus();
watchFault();
watchStart();
await blazor.start({ circuit: { reconnectionHandler: { onConnectionDown, onConnectionUp } } });
const back = sessionStorage.getItem('omni.back');
if (back) {
  sessionStorage.removeItem('omni.back');
  tellBack(JSON.parse(back));
}
