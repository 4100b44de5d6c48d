// What stands on the page while the chat is closed: the round button, its count, and the small bubble beside it.
import { button, face, h, icon } from './dom.js';
import { put } from './words.js';

export class Launcher {
  /** @param {import('./api.js').Api} api @param {any} t words @param {{toggle: () => void, open: () => void, near: () => void}} own */
  constructor(api, t, own) {
    Object.assign(this, { api, t, own });
    this.count = h('span.count', { hidden: true, 'aria-hidden': 'true' });
    this.shape = h('span');
    this.button = h('button.launcher', { type: 'button', 'aria-haspopup': 'dialog', onclick: own.toggle, onpointerenter: own.near, onfocus: own.near }, this.shape, this.count);
    this.hello = h('div.hello', { role: 'status', hidden: true });
  }

  /** @param {boolean} isOpen @param {number} unread */
  draw(isOpen, unread) {
    const { t } = this;
    const n = isOpen ? 0 : unread;
    this.button.setAttribute('aria-expanded', String(isOpen));
    this.button.setAttribute('aria-label', isOpen ? t.close : n ? `${t.open}, ${put(t.unread, { n })}` : t.open);
    this.count.hidden = !n;
    this.count.textContent = n > 99 ? '99+' : String(n);
    if (this.drawn !== isOpen) this.shape.replaceChildren(icon(isOpen ? 'down' : 'chat'));
    this.drawn = isOpen;
    if (isOpen) this.dismiss();
    // The page's title carries the count; whoever changes the title meanwhile keeps the change.
    const title = this.title && document.title.startsWith(this.title) ? document.title.slice(this.title.length) : document.title;
    this.title = unread ? `(${unread}) ` : '';
    if (document.title !== this.title + title) document.title = this.title + title;
  }

  /** @param {any} person @param {string} text */
  say(person, text) {
    const { t, own } = this;
    this.hello.replaceChildren(...[
      person && face(person, (u) => this.api.address(u)),
      h('button.say', { type: 'button', onclick: own.open }, h('b', { dir: 'auto' }, person?.name || t.team), h('span', { dir: 'auto' }, text)),
      button('x', t.dismiss, () => this.dismiss()),
    ].filter(Boolean));
    this.hello.hidden = false;
  }

  dismiss() {
    this.hello.hidden = true;
  }
}
