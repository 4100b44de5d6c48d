// The composer. It belongs to the browser alone: the server's circuit neither sees a key nor is needed to send.
import { call } from './api.js';
import { announce, glyph, h, icon, store } from './dom.js';
import { prefer } from './prefs.js';
import * as drafts from './drafts.js';
import { emojiPicker } from './emoji.js';
import { mentioned, mentionPicker } from './mentions.js';
import * as outbox from './outbox.js';
import { templatePicker } from './templates.js';
import { begin as beginUpload } from './uploads.js';

/**
 * @typedef {object} Info what the server says about the conversation (ComposerInfo.cs)
 * @property {string} name @property {string} platform @property {string} key @property {string} channelId @property {string} from
 * @property {number} version @property {boolean} hasWindow @property {number|null} maxPerWindow @property {string|null} windowUntil @property {string|null} broken
 * @property {number} maxText @property {boolean} countsBytes @property {boolean} templates @property {boolean} replies
 * @property {Record<string, {max: number, types: string[]}>} accept
 * @property {{id: string, name: string}[]} people colleagues, for notes
 * @property {Record<string, {text: string, at: string}>} drafts
 */

const NOTE_LENGTH = 20000;
const TAKEOVER = 5000;
/** Where somebody was writing last. */
let focused = { conversation: '', start: 0, end: 0, at: 0 };
/** The composer on the page. Blazor replaces the element when it takes the page over: the new one goes on where the old one was. @type {OmniComposer|null} */
let current = null;

class OmniComposer extends HTMLElement {
  static observedAttributes = ['info', 'version', 'until'];

  connectedCallback() {
    this.conversation = this.getAttribute('conversation') ?? '';
    const before = current?.conversation === this.conversation && (current.isConnected || Date.now() - current.left < TAKEOVER) ? current : null;
    current = this;
    /** @type {'reply'|'note'} */
    this.mode = before?.mode ?? 'reply';
    /** @type {import('./uploads.js').Upload[]} */
    this.files = before?.files ?? [];
    this.quote = before?.quote ?? null;
    this.saved = before?.saved ?? '';
    this.told = before?.told ?? 0;
    this.left = 0;
    this.read();
    this.build();
    this.onChange = () => this.warn();
    this.onEdit = (/** @type {CustomEvent} */ e) => this.takeBack(e.detail);
    this.onReply = (/** @type {CustomEvent} */ e) => { this.quote = this.info.replies ? e.detail : null; this.setMode('reply'); this.frame(); this.text.focus(); };
    outbox.changed.addEventListener('change', this.onChange);
    document.addEventListener('omni:edit', this.onEdit);
    document.addEventListener('omni:reply', this.onReply);
    this.clock = setInterval(() => this.window(), 30000);
    if (before && focused.conversation === this.conversation && Date.now() - focused.at < TAKEOVER) {
      const { start, end } = focused;
      this.text.focus({ preventScroll: true });
      this.text.setSelectionRange(start, end);
      this.mentions.look();
    }
  }

  disconnectedCallback() {
    this.left = Date.now();
    document.removeEventListener('selectionchange', this.onSelect);
    outbox.changed.removeEventListener('change', this.onChange);
    document.removeEventListener('omni:edit', this.onEdit);
    document.removeEventListener('omni:reply', this.onReply);
    clearInterval(this.clock);
    drafts.flush(this.conversation, this.mode);
  }

  attributeChangedCallback() {
    if (!this.text) return;
    const before = this.info;
    this.read();
    if (JSON.stringify({ ...before, version: 0, drafts: 0 }) !== JSON.stringify({ ...this.info, version: 0, drafts: 0 })) this.frame();
  }

  read() {
    /** @type {Info} */
    this.info = { ...JSON.parse(this.getAttribute('info') ?? '{}'), version: Number(this.getAttribute('version')), windowUntil: this.getAttribute('until') };
  }

  /** Free replies are not allowed now. */
  get closed() { return this.info.hasWindow && (!this.info.windowUntil || Date.parse(this.info.windowUntil) <= Date.now()); }

  build() {
    this.text = /** @type {HTMLTextAreaElement} */ (h('textarea', {
      class: 'composer__text', rows: '2', dir: 'auto', spellcheck: 'true', enterkeyhint: 'enter',
      oninput: () => this.changed(), onkeydown: (e) => this.key(e), onpaste: (e) => this.paste(e),
      onfocus: () => this.remember(), onblur: () => { this.remember(); this.mentions.close(); },
    }));
    this.onSelect = () => document.activeElement === this.text && this.remember();
    document.addEventListener('selectionchange', this.onSelect);
    this.text.value = drafts.read(this.conversation, this.mode, this.info.drafts?.[this.mode]);
    this.alert = h('div');
    this.body = h('div', { class: 'composer', ondragover: (e) => { e.preventDefault(); this.body.classList.add('dropping'); }, ondragleave: () => this.body.classList.remove('dropping'), ondrop: (e) => this.drop(e) });
    this.emoji = emojiPicker((e) => this.insert(e));
    this.options = this.sendMenu();
    this.mentions = mentionPicker(this.text, () => this.mode === 'note' ? this.info.people ?? [] : [], () => this.changed());
    this.replaceChildren(this.alert, this.mentions.element, this.body, this.emoji, this.options);
    this.frame();
    this.grow();
  }

  /** Draws everything but the text field, which stays the same element so that it keeps selection and its own undo. Moving it takes the focus away, which is given back. */
  frame() {
    const typing = document.activeElement === this.text ? { start: this.text.selectionStart, end: this.text.selectionEnd } : null;
    const note = this.mode === 'note';
    const picking = !note && this.closed && !this.info.broken;
    this.body.classList.toggle('composer--note', note);
    const tab = (mode, words, key) => h('button', { class: 'tab', type: 'button', role: 'tab', 'data-key': key, 'data-command': words === 'Note' ? 'Write a note' : 'Write a reply', 'aria-selected': String(this.mode === mode), onclick: () => { this.setMode(mode); this.text.focus(); } }, words);
    this.chip = h('span', { class: 'chip', hidden: true, style: 'margin-left:auto' });
    const to = note
      ? h('div', { class: 'composer__to' }, icon('lock', 's'), h('span', {}, 'Only your team sees this.'))
      : h('div', { class: 'composer__to' }, h('span', {}, 'to ', h('b', {}, h('bdi', {}, this.info.name)), ' on'), glyph(this.info.key), h('span', {}, h('b', {}, this.info.platform), ' from ', h('bdi', {}, this.info.from)), this.info.isPublic ? h('span', { class: 'chip chip--warn' }, 'Public: everybody can read it') : '');
    this.text.placeholder = note ? 'Write a note' : 'Write a reply';
    this.text.setAttribute('aria-label', note ? 'Note, only your team sees it' : `Reply to ${this.info.name} on ${this.info.platform}`);
    this.picker = picking && this.info.templates ? templatePicker(this.info.channelId, () => this.count()) : null;
    this.rest = h('span', { class: 'count-left', role: 'status' });
    this.sender = /** @type {HTMLButtonElement} */ (h('button', { class: 'btn btn--primary', type: 'button', onclick: () => this.submit() }, note ? 'Add note' : picking ? 'Send template' : 'Send'));
    const tools = picking ? [] : [
      note || !Object.keys(this.info.accept).length ? null : h('label', { class: 'btn btn--quiet btn--icon', title: 'Attach a file' }, icon('clip'), h('span', { class: 'vh' }, 'Attach a file'), h('input', { type: 'file', multiple: true, class: 'vh', onchange: (e) => this.add(e.target.files) })),
      h('button', { class: 'btn btn--quiet btn--icon', type: 'button', popovertarget: 'omni-emoji', 'aria-label': 'Emoji' }, icon('smile')),
    ];
    const main = picking
      ? this.picker?.element ?? h('p', { class: 'hint', style: 'padding:12px' }, `${this.info.platform} allows replies only for a while after the customer’s last message. You can write a note, or answer when they write again.`)
      : this.text;
    this.shelf = h('div', { class: 'composer__files', hidden: this.files.length === 0 }, ...this.files.map((f) => f.element));
    this.body.replaceChildren(...[
      h('div', { class: 'composer__head' }, h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Reply or note' }, tab('reply', picking ? 'Template' : 'Reply', 'r'), tab('note', 'Note', 'n')), this.chip),
      to,
      this.quote && !note ? h('div', { class: 'composer__quote' }, h('span', {}, h('bdi', {}, this.quote.preview)), h('button', { class: 'btn btn--quiet btn--icon btn--small', type: 'button', 'aria-label': 'Do not quote', onclick: () => { this.quote = null; this.frame(); } }, icon('x', 's'))) : null,
      this.shelf,
      main,
      h('div', { class: 'composer__bar' }, ...tools, this.rest, note || picking ? this.sender
        : h('span', { class: 'split' }, this.sender, h('button', { class: 'btn btn--primary', type: 'button', popovertarget: 'omni-send', 'aria-label': 'More ways to send' }, icon('down', 's')))),
    ].filter(Boolean).map((n) => /** @type {Node} */ (n)));
    if (typing && main === this.text) {
      this.text.focus({ preventScroll: true });
      this.text.setSelectionRange(typing.start, typing.end);
      this.mentions.look();
    }
    this.window();
    this.count();
    this.warn();
  }

  /** The window's chip, and the change to templates when it closes. */
  window() {
    if (!this.info.hasWindow) return;
    const left = this.info.windowUntil ? Date.parse(this.info.windowUntil) - Date.now() : 0;
    const closed = left <= 0;
    if (closed !== this.wasClosed && this.wasClosed !== undefined) {
      this.wasClosed = closed;
      this.frame();
      return;
    }
    this.wasClosed = closed;
    const hours = Math.floor(left / 3600000);
    const minutes = Math.floor(left / 60000) % 60;
    this.chip.hidden = this.mode === 'note';
    this.chip.className = `chip ${closed ? 'chip--bad' : hours < 4 ? 'chip--warn' : ''}`;
    this.chip.replaceChildren(icon(closed ? 'lock' : 'hourglass', 's'), closed ? 'Window closed' : `${hours > 0 ? `${hours} h ` : ''}${minutes} m to reply`);
    if (this.info.windowUntil) this.chip.title = `${closed ? 'Closed' : 'Closes'} ${new Date(this.info.windowUntil).toLocaleString()}${this.info.maxPerWindow ? `. At most ${this.info.maxPerWindow} messages until they write again` : ''}`;
  }

  /** @param {'reply'|'note'} mode */
  setMode(mode) {
    if (mode === this.mode) return;
    this.mentions.close();
    drafts.flush(this.conversation, this.mode);
    this.mode = mode;
    this.text.value = drafts.read(this.conversation, mode, this.info.drafts?.[mode]);
    this.saved = '';
    this.frame();
    this.grow();
  }

  changed() {
    this.mentions.look();
    drafts.write(this.conversation, this.mode, this.text.value, (where) => {
      this.saved = this.text.value === '' ? '' : where === 'server' ? 'Draft saved' : document.body.classList.contains('offline') ? 'Kept on this device' : this.saved;
      this.count();
    });
    this.grow();
    this.count();
    const now = Date.now();
    if (now - (this.told ?? 0) > 3000 && this.text.value) {
      this.told = now;
      call('POST', `/conversations/${this.conversation}/typing`, { note: this.mode === 'note' });
    }
  }

  grow() {
    if (CSS.supports('field-sizing', 'content')) return;
    this.text.style.height = 'auto';
    this.text.style.height = `${this.text.scrollHeight}px`;
  }

  get length() {
    return this.info.countsBytes ? new TextEncoder().encode(this.text.value).length : this.text.value.length;
  }

  count() {
    const max = this.mode === 'note' ? NOTE_LENGTH : this.info.maxText;
    const left = max - this.length;
    const picking = this.mode === 'reply' && this.closed;
    const words = [picking ? '' : this.saved, max > 0 && !picking ? (left < 0 ? `${(-left).toLocaleString('en')} too many` : `${left.toLocaleString('en')} left`) : ''].filter(Boolean);
    this.rest.textContent = words.join(' · ');
    this.rest.classList.toggle('count-left--bad', max > 0 && left < 0);
    const full = this.text.value.trim() !== '' || this.files.some((f) => f.id);
    const waiting = this.files.some((f) => !f.id && !f.error);
    const stuck = this.mode === 'reply' && (this.info.broken !== null || (picking && !this.picker?.value()));
    this.sender.disabled = stuck || waiting || (!picking && !full) || (max > 0 && left < 0);
    if (!picking && this.mode === 'reply') this.sender.textContent = document.body.classList.contains('offline') ? 'Queue' : 'Send';
  }

  /** What stands in the way, joined to the composer's top edge. */
  warn() {
    const held = outbox.items().find((i) => i.conversation === this.conversation && i.state === 'held');
    const now = JSON.stringify([this.info.broken, held?.clientId, this.mode]);
    if (now === this.warned) return;
    this.warned = now;
    if (held) {
      const who = held.other.authorName ?? 'Somebody';
      this.alert.replaceChildren(h('div', { class: 'banner banner--warn', role: 'alert' }, icon('warn'),
        h('p', {}, h('b', {}, `${who} answered while you were writing.`), h('br'), h('small', {}, h('bdi', {}, `“${held.other.text ?? ''}”`))),
        h('span', { class: 'banner__acts' },
          h('button', { class: 'btn btn--small btn--quiet', type: 'button', onclick: () => outbox.again(held.clientId) }, 'Send anyway'),
          h('button', { class: 'btn btn--small', type: 'button', onclick: () => { outbox.remove(held.clientId); this.takeBack(held); } }, 'Review'))));
    } else if (this.info.broken && this.mode === 'reply') {
      this.alert.replaceChildren(h('div', { class: 'banner banner--bad', role: 'status' }, icon('plug'), h('p', {}, this.info.broken)));
    } else {
      this.alert.replaceChildren();
    }
  }

  submit() {
    if (this.sender.disabled) return;
    const picking = this.mode === 'reply' && this.closed;
    const template = picking ? this.picker?.value() ?? null : null;
    if (picking && !template) return;
    const done = outbox.send({
      conversation: this.conversation,
      kind: /** @type {'reply'|'note'} */ (this.mode),
      text: picking ? '' : this.text.value,
      attachments: picking ? [] : this.files.filter((f) => f.id).map((f) => ({ id: /** @type {string} */ (f.id), name: f.name, type: f.type })),
      replyToId: this.mode === 'reply' && this.quote ? this.quote.id : null,
      template,
      mentions: this.mode === 'note' ? mentioned(this.text.value, this.info.people ?? []) : [],
      ifVersion: this.mode === 'reply' ? this.info.version : null,
      seen: [...document.querySelectorAll('omni-timeline [data-mid]')].slice(-10).map((m) => /** @type {HTMLElement} */ (m).dataset.mid ?? ''),
    });
    if (!done) {
      announce('This browser can keep nothing; the text was not sent.');
      return;
    }
    if (!picking) {
      this.text.value = '';
      drafts.write(this.conversation, this.mode, '', () => {});
      drafts.flush(this.conversation, this.mode);
      this.files.forEach((f) => f.url && URL.revokeObjectURL(f.url));
      this.files = [];
      this.saved = '';
    }
    this.quote = null;
    this.frame();
    this.grow();
    if (!picking) this.text.focus();
    document.dispatchEvent(new CustomEvent('omni:sent'));
  }

  /** @param {outbox.Item} item the writer wants it back */
  takeBack(item) {
    if (item.conversation !== this.conversation) return;
    this.setMode(item.kind);
    this.text.value = this.text.value.trim() ? `${item.text}\n${this.text.value}` : item.text;
    this.changed();
    this.text.focus();
    document.dispatchEvent(new CustomEvent('omni:sent')); // shows the end, where the other answer stands
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    if (e.isComposing || this.mentions.key(e)) return;
    const plain = store.get('omni.send') === 'enter';
    if (e.key === 'Enter' && !e.shiftKey && !e.altKey && (e.ctrlKey || e.metaKey || plain)) {
      e.preventDefault();
      this.submit();
    } else if (e.key === 'Escape') {
      e.stopPropagation();
      this.text.blur();
      /** @type {HTMLElement|null} */ (document.querySelector('omni-timeline'))?.focus();
    }
  }

  /** @param {ClipboardEvent} e */
  paste(e) {
    const files = e.clipboardData?.files;
    if (files?.length && this.mode === 'reply') {
      e.preventDefault();
      this.add(files);
    }
  }

  /** @param {DragEvent} e */
  drop(e) {
    e.preventDefault();
    this.body.classList.remove('dropping');
    if (e.dataTransfer?.files.length && this.mode === 'reply') this.add(e.dataTransfer.files);
  }

  /** @param {FileList|null} list */
  add(list) {
    for (const file of list ?? []) {
      const item = beginUpload(file, this.info.accept, () => current?.rest && current.count(), (gone) => { if (current) { current.files = current.files.filter((f) => f !== gone); current.frame(); } });
      this.files.push(item);
    }
    this.frame();
  }

  /** @param {string} words */
  insert(words) {
    this.text.setRangeText(words, this.text.selectionStart, this.text.selectionEnd, 'end');
    this.text.focus();
    this.changed();
  }

  sendMenu() {
    const box = /** @type {HTMLInputElement} */ (h('input', { type: 'checkbox', onchange: () => prefer('sendKey', box.checked ? 'enter' : 'ctrlEnter') }));
    box.checked = store.get('omni.send') === 'enter';
    const menu = h('div', { class: 'menu', id: 'omni-send', popover: 'auto', 'aria-label': 'More ways to send' },
      h('button', { class: 'menu__item', type: 'button', onclick: () => { menu.hidePopover(); this.submit(); /** @type {HTMLElement|null} */ (document.querySelector('.conv [data-key="e"]'))?.click(); } }, icon('check'), 'Send and resolve'),
      h('label', { class: 'menu__row' }, h('span', {}, 'Send with Enter'), box));
    return menu;
  }

  remember() {
    focused = { conversation: this.conversation, start: this.text.selectionStart, end: this.text.selectionEnd, at: document.activeElement === this.text ? Infinity : Date.now() };
  }
}

customElements.define('omni-composer', OmniComposer);

/** Text written for a conversation that is gone: offered for copying. */
customElements.define('omni-orphan-draft', class extends HTMLElement {
  connectedCallback() {
    const text = drafts.read(this.getAttribute('conversation') ?? '', 'reply', undefined);
    if (text) this.replaceChildren(h('button', { class: 'btn', type: 'button', onclick: () => { navigator.clipboard.writeText(text); announce('Draft copied'); } }, icon('copy', 's'), 'Copy your draft'));
  }
});
