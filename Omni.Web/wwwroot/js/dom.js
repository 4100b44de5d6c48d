// Small pieces every module uses. Text always goes in as text, never as markup.

/**
 * Makes an element.
 * @param {string} tag
 * @param {Record<string, any>} [props] attributes; a function becomes a listener (onclick), true an empty attribute, null or false none
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An icon of the sprite.
 * @param {string} name @param {string} [css]
 * @returns {SVGElement}
 */
export function icon(name, css = '') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', name.startsWith('c-') ? 'c' : `i ${css}`);
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A platform's glyph. @param {string} key */
export const glyph = (key) => {
  const span = h('span', { class: 'glyph glyph--plain', 'data-channel': key, 'aria-hidden': 'true' });
  span.append(icon(`c-${key}`));
  return span;
};

/** True while the person writes somewhere. @param {EventTarget|null} target */
export const isTyping = (target) => target instanceof HTMLElement
  && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)
    || (target instanceof HTMLInputElement && !/^(button|checkbox|radio|submit|file)$/.test(target.type)));

/** Waits. @param {number} ms */
export const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** What this browser remembers; a full or forbidden store loses only comfort. */
export const store = {
  /** @param {string} key @returns {string|null} */
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  /** @param {string} key @param {string|null} value @returns {boolean} whether it was kept */
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(key); else localStorage.setItem(key, value);
      return true;
    } catch { return false; }
  },
  /** @param {string} prefix @returns {string[]} */
  keys(prefix) {
    try { return Object.keys(localStorage).filter((k) => k.startsWith(prefix)); } catch { return []; }
  },
};

/** Says something to screen readers, once. @param {string} words */
export function announce(words) {
  let line = document.getElementById('omni-says');
  if (!line) {
    line = h('p', { id: 'omni-says', class: 'vh', role: 'status', 'aria-live': 'polite' });
    document.body.append(line);
  }
  line.textContent = words;
}

/** Who is signed in; empty before the page knows. */
export const userId = () => /** @type {HTMLElement|null} */ (document.querySelector('.shell'))?.dataset.user ?? '';
