// Single keys for everything that has a button. They can be switched off in their own sheet.
import { h, icon, isTyping, store } from './dom.js';
import { openPalette } from './palette.js';
import { prefer } from './prefs.js';

const SHEET = [
  ['Move', [['Next, previous', 'J', 'K'], ['Open', '↵'], ['Back to the list', 'Esc'], ['Previous, next view', '[', ']'], ['Next pane', 'F6'], ['Through messages', '↑', '↓']]],
  ['Answer', [['Reply', 'R'], ['Note', 'N'], ['Send', 'Ctrl', '↵']]],
  ['Sort out', [['Resolve or reopen', 'E'], ['Snooze', 'S'], ['Assign', 'A'], ['Assign to me', 'I'], ['Label', 'L'], ['Priority', 'P'], ['Mark as unread', 'U'], ['Select', 'X']]],
  ['Everywhere', [['Command palette', 'Ctrl', 'K'], ['Search', '/'], ['Context', '.'], ['Undo', 'Ctrl', 'Z'], ['This sheet', '?']]],
];

const on = () => store.get('omni.keys') !== 'off';
const $ = (/** @type {string} */ selector) => /** @type {HTMLElement|null} */ (document.querySelector(selector));

/** The first visible (or deliberately hidden) button of a key. @param {string} key */
function press(key) {
  const buttons = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].map((b) => /** @type {HTMLElement} */ (b));
  const button = buttons.find((b) => b.getClientRects().length > 0) ?? buttons[0];
  button?.click();
  return button !== undefined;
}

/** @param {number} step */
function walk(step) {
  const rows = [...document.querySelectorAll('omni-list .row')].map((r) => /** @type {HTMLElement} */ (r));
  const open = location.pathname.split('/')[3];
  const focused = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const at = open ? rows.findIndex((r) => r.dataset.id === open) : focused;
  const row = rows[at < 0 ? 0 : at + step];
  if (!row) return;
  row.focus();
  row.scrollIntoView({ block: 'nearest' });
  if (open || focused < 0) row.click();
}

function panes(/** @type {boolean} */ back) {
  const all = ['.rail a, .bottom a', '.views--panel a[aria-current], .views--panel a', 'omni-list .row[tabindex="0"], omni-list .row', 'omni-timeline', 'omni-composer textarea', '.ctx button']
    .map((s) => $(s)).filter((p) => p && p.getClientRects().length > 0);
  const holder = (/** @type {Element|null} */ e) => e?.closest('.rail, .bottom, .views--panel, .list, omni-timeline, omni-composer, .ctx');
  const at = all.findIndex((p) => holder(p) === holder(document.activeElement));
  all[(at + (back ? all.length - 1 : 1)) % all.length]?.focus();
}

function escape() {
  if (document.documentElement.dataset.drawer === 'open') { $('.ctx [data-toggle-context]')?.click(); return; }
  if ($('.bar [data-key="escape"]')) { press('escape'); return; }
  const open = location.pathname.split('/')[3];
  const row = open ? document.getElementById(`c-${open.replaceAll('-', '')}`) : null;
  if (row && row.getClientRects().length > 0) row.focus(); else $('[data-back]')?.click();
}

addEventListener('keydown', (e) => {
  if (e.defaultPrevented || e.isComposing) return;
  const command = e.ctrlKey || e.metaKey;
  if (command && e.key.toLowerCase() === 'k') { e.preventDefault(); openPalette(''); return; }
  if (e.key === 'F6') { e.preventDefault(); panes(e.shiftKey); return; }
  if (document.querySelector('dialog[open], .menu:popover-open')) return;
  if (isTyping(e.target)) return;
  if (command && e.key.toLowerCase() === 'z' && !e.shiftKey) { if (press('ctrl+z')) e.preventDefault(); return; }
  if (command || e.altKey) return;
  if (e.key === 'Escape') { escape(); return; }
  if (!on() || !$('.shell')) return;
  const act = {
    j: () => walk(1), k: () => walk(-1),
    '/': () => openPalette(''), '?': openSheet, '.': () => $('.conv__tools [data-toggle-context]')?.click(),
    '[': () => $(`.view[href="${$('.inbox')?.dataset.previousView}"]`)?.click(), ']': () => $(`.view[href="${$('.inbox')?.dataset.nextView}"]`)?.click(),
    x: () => {
      const row = $('omni-list .row:focus') ?? $('omni-list .row[tabindex="0"]');
      row?.closest('omni-list')?.dispatchEvent(new CustomEvent('omnipick', { bubbles: true, detail: { ids: [row.dataset.id], toggle: true } }));
    },
    ...Object.fromEntries([...'rneaipslu'].map((k) => [k, () => press(k)])),
  }[e.key];
  if (act) {
    e.preventDefault();
    act();
  }
});

/** The sheet of keys. */
export function openSheet() {
  const toggle = h('button', { class: 'switch', type: 'button', role: 'switch', 'aria-checked': String(on()), 'aria-label': 'Single-key shortcuts', onclick: () => { prefer('shortcuts', on() ? 'off' : 'on'); toggle.setAttribute('aria-checked', String(on())); } });
  const sheet = /** @type {HTMLDialogElement} */ (h('dialog', { class: 'dialog sheet', 'aria-label': 'Keyboard shortcuts', onclose: () => sheet.remove(), onclick: (e) => e.target === sheet && sheet.close() },
    h('div', { class: 'sheet__head' }, h('h2', {}, 'Keyboard'), h('span', { class: 'hint' }, 'Single keys'), toggle, h('button', { class: 'btn btn--quiet btn--icon btn--small', type: 'button', 'aria-label': 'Close', onclick: () => sheet.close() }, icon('x', 's'))),
    h('div', { class: 'sheet__cols' }, ...SHEET.map(([title, keys]) => h('div', {}, h('h3', {}, /** @type {string} */ (title)),
      h('dl', {}, .../** @type {string[][]} */ (keys).flatMap(([words, ...k]) => [h('dt', {}, words), h('dd', {}, ...k.map((x) => h('kbd', { class: 'kbd' }, x)))])))))));
  document.body.append(sheet);
  sheet.showModal();
}

document.addEventListener('click', (e) => {
  const what = e.target instanceof Element ? e.target.closest('[data-open]')?.getAttribute('data-open') : null;
  if (what === 'palette') openPalette('');
  if (what === 'keys') openSheet();
});
