// Small pieces. Text always goes in as text, never as markup, and styles never as attributes: the strictest page lets us in.

/** @param {string} tag with classes: div.a.b @param {Record<string, any>} [props] a function listens, true is an empty attribute, null and false are none @param {...any} children */
export function h(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

const Drawn = {
  more: 'M5 10h.01M10 10h.01M15 10h.01', x: 'm5.5 5.5 9 9M14.5 5.5l-9 9', down: 'm6 8 4 4 4-4', send: 'M3.5 4 17 10 3.5 16l2-6zM5.5 10H10',
  clip: 'm15.5 9.5-5.3 5.3a3.2 3.2 0 0 1-4.6-4.6l6-6a2.2 2.2 0 0 1 3.1 3.1l-5.7 5.7a1.1 1.1 0 0 1-1.6-1.6l4.8-4.8',
  smile: 'M16.7 10a6.7 6.7 0 1 1-13.4 0 6.7 6.7 0 0 1 13.4 0M7.2 11.8a3.3 3.3 0 0 0 5.6 0M7.7 8h.01M12.3 8h.01',
  error: 'M16.7 10a6.7 6.7 0 1 1-13.4 0 6.7 6.7 0 0 1 13.4 0M10 6.5v4.2M10 13.3h.01',
  chat: 'M8 13.5H6L3 16V5.5A1.5 1.5 0 0 1 4.5 4h7A1.5 1.5 0 0 1 13 5.5V7M9.5 9h6A1.5 1.5 0 0 1 17 10.5v7L14.5 15.5h-5A1.5 1.5 0 0 1 8 14v-3.5A1.5 1.5 0 0 1 9.5 9z',
  file: 'M11 3H6a1 1 0 0 0-1 1v12a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V7zM11 3v4h4',
};

/** @param {keyof typeof Drawn} name */
export function icon(name) {
  const make = (tag, at) => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const key in at) e.setAttribute(key, at[key]);
    return e;
  };
  const svg = make('svg', { viewBox: '0 0 20 20', class: `i i-${name}`, 'aria-hidden': 'true' });
  svg.append(make('path', { d: Drawn[name] }));
  return svg;
}

/** A button that shows only an icon. @param {string} name @param {string} label @param {(e: any) => void} onclick @param {string} [css] */
export const button = (name, label, onclick, css = '') =>
  h(`button.icon${css}`, { type: 'button', 'aria-label': label, title: label, onclick }, icon(/** @type {any} */ (name)));

/** Makes a parent's children these, touching only what differs: what stays is not announced again. @param {Element} parent @param {Node[]} nodes */
export function sync(parent, nodes) {
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

const Link = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]'])|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)/g;

/** A text with its links made clickable. @param {string} text @returns {(string|HTMLElement)[]} */
export function linked(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(Link)) {
    const [all, web] = found;
    parts.push(text.slice(at, found.index), h('a', { href: web ?? `mailto:${all}`, target: '_blank', rel: 'noopener noreferrer nofollow' }, all));
    at = (found.index ?? 0) + all.length;
  }
  return [...parts, text.slice(at)];
}

/** A person: picture or initials. @param {any} person @param {(url: string) => string|null} address */
export function face(person, address) {
  const picture = address(person?.avatarUrl);
  const initials = (person?.name ?? '').split(/\s+/).map((w) => [...w][0] ?? '').slice(0, 2).join('').toUpperCase();
  const tint = [...(person?.name ?? '')].reduce((sum, c) => sum + (c.codePointAt(0) ?? 0), 0) % 4;
  return h(`span.face.t${tint}`, { 'aria-hidden': 'true' }, picture ? h('img', { src: picture, alt: '', onerror: (e) => e.target.replaceWith(initials) }) : initials);
}

/** @param {number} bytes */
export const size = (bytes) => (bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${Math.round(bytes / 104857.6) / 10} MB`);
