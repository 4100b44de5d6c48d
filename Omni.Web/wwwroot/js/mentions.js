// "@" in a note: the colleagues whose name begins so, chosen by keys or pointer.
import { announce, h } from './dom.js';

const MOST = 6;

/** Who is named in a text. @param {string} text @param {{id: string, name: string}[]} people @returns {string[]} */
export const mentioned = (text, people) => people.filter((p) => text.includes(`@${p.name}`)).map((p) => p.id).slice(0, 20);

/**
 * @param {HTMLTextAreaElement} text @param {() => {id: string, name: string}[]} people who can be named now @param {() => void} onPick
 */
export function mentionPicker(text, people, onPick) {
  const element = h('div', { class: 'mentions card', role: 'listbox', id: 'omni-mentions', 'aria-label': 'Colleagues', hidden: true });
  /** @type {{id: string, name: string}[]} */
  let found = [];
  let at = 0;

  /** The piece of a name right before the cursor; null when there is none. */
  const typed = () => {
    const before = text.value.slice(0, text.selectionStart);
    const match = /(?:^|[\s(])@([^@\n]{0,40})$/u.exec(before);
    return match ? match[1] : null;
  };

  const close = () => {
    found = [];
    element.hidden = true;
    text.removeAttribute('aria-activedescendant');
    text.removeAttribute('aria-controls');
  };

  const draw = () => {
    element.replaceChildren(...found.map((p, i) => h('div', {
      class: 'menu__item', role: 'option', id: `omni-mention-${i}`, 'aria-selected': String(i === at),
      onpointerdown: (/** @type {Event} */ e) => { e.preventDefault(); pick(p); }, // before the field loses the focus
    }, h('bdi', {}, p.name))));
    element.hidden = false;
    text.setAttribute('aria-controls', element.id);
    text.setAttribute('aria-activedescendant', `omni-mention-${at}`);
  };

  /** @param {{id: string, name: string}} person */
  const pick = (person) => {
    const part = typed() ?? '';
    text.setRangeText(`@${person.name} `, text.selectionStart - part.length - 1, text.selectionStart, 'end');
    close();
    onPick();
    close();
  };

  const look = () => {
    const part = typed()?.toLowerCase();
    if (part === undefined) return close();
    const all = people();
    const words = (/** @type {string} */ name) => [name, ...name.split(' ')].map((w) => w.toLowerCase());
    const next = all.filter((p) => words(p.name).some((w) => w.startsWith(part))).slice(0, MOST);
    if (next.length === 0) return close();
    if (element.hidden) announce(`${next.length} ${next.length === 1 ? 'colleague' : 'colleagues'}; arrows choose, Enter takes`);
    [found, at] = [next, 0];
    return draw();
  };

  /** @param {KeyboardEvent} e @returns {boolean} whether the key was meant for the list */
  const key = (e) => {
    if (element.hidden || found.length === 0) return false;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      at = (at + (e.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length;
      draw();
    } else if ((e.key === 'Enter' && !e.ctrlKey && !e.metaKey) || e.key === 'Tab') pick(found[at]);
    else if (e.key === 'Escape') close();
    else return false;
    e.preventDefault();
    e.stopPropagation();
    return true;
  };

  return { element, look, key, close };
}
