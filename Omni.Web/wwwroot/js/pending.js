// Bubbles of what is on its way: a list of its own beside Blazor's. A bubble goes when the message with its client id appears.
import { h, icon } from './dom.js';
import * as outbox from './outbox.js';

class OmniPending extends HTMLElement {
  connectedCallback() {
    this.draw = () => this.#draw();
    outbox.changed.addEventListener('change', this.draw);
    this.rows = new MutationObserver(this.draw);
    this.rows.observe(this.parentElement ?? this, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-client-id'] });
    this.#draw();
  }

  disconnectedCallback() {
    outbox.changed.removeEventListener('change', this.draw);
    this.rows.disconnect();
  }

  #draw() {
    const mine = outbox.items().filter((i) => i.conversation === this.getAttribute('conversation'));
    const shown = mine.filter((i) => {
      const arrived = this.parentElement?.querySelector(`[data-client-id="${i.clientId}"]`);
      if (arrived && i.state !== 'held') queueMicrotask(() => outbox.remove(i.clientId));
      return !arrived;
    });
    const now = JSON.stringify(shown.map((i) => [i.clientId, i.state, i.reason, i.tries > 0]));
    if (now === this.drawn) return;
    this.drawn = now;
    this.replaceChildren(...shown.map((i) => this.#bubble(i)));
  }

  /** @param {outbox.Item} item */
  #bubble(item) {
    const words = item.text || item.attachments.map((a) => a.name).join(', ') || (item.template ? `Template ${item.template.name}` : '');
    const body = item.kind === 'note'
      ? h('div', { class: 'note' }, icon('lock', 's'), h('div', {}, h('p', { dir: 'auto' }, words)))
      : h('div', { class: 'bubble' }, h('p', { dir: 'auto' }, words));
    const box = h('div', { class: item.kind === 'note' ? '' : `msg msg--out${item.state === 'refused' ? ' msg--failed' : ''}`, 'data-pending': item.clientId }, body);
    if (item.state === 'refused') {
      box.append(h('div', { class: 'fail' },
        h('span', { class: 'fail__why' }, icon('error', 's'), `Not sent. ${item.reason}`),
        h('span', { class: 'fail__acts' },
          h('button', { class: 'link', type: 'button', onclick: () => outbox.again(item.clientId) }, 'Retry'),
          h('button', { class: 'link', type: 'button', onclick: () => this.#takeBack(item) }, 'Edit'))));
    } else if (item.state === 'held') {
      box.append(h('div', { class: 'msg__meta' }, icon('hourglass', 's'), 'Not sent yet'));
    } else {
      const waiting = item.tries > 0 || !navigator.onLine;
      box.append(h('div', { class: 'msg__meta' }, icon('clock', 's'), h('span', {}, item.reason || (waiting ? 'Sends when back online' : 'Sending'))));
    }
    return box;
  }

  /** @param {outbox.Item} item */
  #takeBack(item) {
    outbox.remove(item.clientId);
    document.dispatchEvent(new CustomEvent('omni:edit', { detail: item }));
  }
}

customElements.define('omni-pending', OmniPending);
