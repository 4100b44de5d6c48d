// One search for everything: what can be done here, where one can go, conversations by their words.
import { call } from './api.js';
import { glyph, h, icon } from './dom.js';

/** @typedef {{words: string, group: string, run: () => void, mark: Node, end?: string}} Entry */

/** What this page offers now. @returns {Entry[]} */
function here() {
  const actions = [...document.querySelectorAll('[data-command]')].map((b) => ({
    words: b.getAttribute('data-command') ?? '', group: 'This conversation', run: () => /** @type {HTMLElement} */ (b).click(), mark: icon('bolt'), end: b.getAttribute('data-key')?.toUpperCase(),
  }));
  const views = [...document.querySelectorAll('.views--panel .view')].map((a) => ({
    words: a.querySelector('span:not(.glyph)')?.textContent ?? '', group: 'Go to', run: () => /** @type {HTMLElement} */ (a).click(), mark: icon('tray'), end: a.querySelector('b')?.textContent ?? '',
  }));
  return [...actions, ...views];
}

/** @param {string} path */
function go(path) {
  // @ts-ignore Blazor is the framework's global
  Blazor.navigateTo(path);
}

/** @param {string} start */
export function openPalette(start) {
  if (document.querySelector('.palette')) return;
  const fixed = here();
  /** @type {Entry[]} */
  let shown = [];
  let at = 0;
  let asked = 0;
  const list = h('div', { class: 'palette__list', role: 'listbox', id: 'palette-list', 'aria-label': 'Results' });
  const input = /** @type {HTMLInputElement} */ (h('input', { type: 'search', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'palette-list', 'aria-label': 'Search or run a command', placeholder: 'Search or run a command', autocomplete: 'off', value: start, oninput: () => look(), onkeydown: key }));
  const dialog = /** @type {HTMLDialogElement} */ (h('dialog', { class: 'dialog palette', 'aria-label': 'Command palette', onclose: () => dialog.remove(), onclick: (e) => e.target === dialog && dialog.close() },
    h('div', { class: 'palette__in' }, icon('search'), input), list,
    h('div', { class: 'palette__foot' }, h('span', {}, h('kbd', { class: 'kbd' }, '↑'), h('kbd', { class: 'kbd' }, '↓'), 'move'), h('span', {}, h('kbd', { class: 'kbd' }, '↵'), 'run'), h('span', {}, h('kbd', { class: 'kbd' }, 'Esc'), 'close'))));
  document.body.append(dialog);
  dialog.showModal();
  look();

  function look() {
    const words = input.value.trim();
    const low = words.toLowerCase();
    const matching = fixed.filter((e) => e.words.toLowerCase().includes(low));
    const search = { words: `Search conversations for “${words}”`, group: 'Conversations', run: () => go(`/inbox/all?q=${encodeURIComponent(words)}`), mark: icon('search') };
    draw(words ? [...matching, search] : matching);
    const turn = ++asked;
    if (words.length < 2) return;
    setTimeout(async () => {
      if (turn !== asked) return;
      const answer = await call('GET', `/conversations?q=${encodeURIComponent(words)}&limit=6`);
      if (turn !== asked || !answer.ok) return;
      const found = (answer.data ?? []).map((c) => ({
        words: `${c.contact?.name ?? ''}: ${c.lastMessage?.preview ?? ''}`, group: 'Conversations', run: () => go(`/inbox/all/${c.id}?status=${c.status}`), mark: glyph({ line: 'line-app', twilio: 'sms' }[c.kind] ?? c.kind),
      }));
      draw([...matching, search, ...found]);
    }, 180);
  }

  /** @param {Entry[]} entries */
  function draw(entries) {
    shown = entries;
    at = Math.min(at, Math.max(0, shown.length - 1));
    let group = '';
    list.replaceChildren(...shown.flatMap((e, i) => {
      const item = h('div', { class: 'menu__item', role: 'option', id: `palette-${i}`, 'aria-selected': String(i === at), onclick: () => run(i), onpointermove: () => mark(i) }, e.mark, h('span', {}, h('bdi', {}, e.words)), e.end ? h('span', { class: 'end' }, e.end) : null);
      if (e.group === group) return [item];
      group = e.group;
      return [h('p', { class: 'eyebrow', role: 'presentation' }, group), item];
    }));
    input.setAttribute('aria-activedescendant', `palette-${at}`);
  }

  /** @param {number} i */
  function mark(i) {
    if (i === at || !shown[i]) return;
    document.getElementById(`palette-${at}`)?.setAttribute('aria-selected', 'false');
    at = i;
    const item = document.getElementById(`palette-${at}`);
    item?.setAttribute('aria-selected', 'true');
    item?.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', `palette-${at}`);
  }

  /** @param {number} i */
  function run(i) {
    const entry = shown[i];
    dialog.close();
    entry?.run();
  }

  /** @param {KeyboardEvent} e */
  function key(e) {
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      mark((at + (e.key === 'ArrowDown' ? 1 : shown.length - 1)) % Math.max(1, shown.length));
    } else if (e.key === 'Enter') {
      e.preventDefault();
      run(at);
    }
  }
}
