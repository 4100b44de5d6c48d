// Where the visitor writes: text, files and emoji. The draft is kept until it is sent.
import { button, h, size } from './dom.js';
import { put } from './words.js';

const Emoji = [...'😀😄😂😊😍😘😎🤔😐😕😢😭😡😱🙏👍👎👌👋👏💪🎉🔥⭐💚💛💙💜🚚📦💳📷'];

export class Composer {
  #files = /** @type {any[]} */ ([]);

  /** @param {import('./talk.js').Talk} talk @param {any} t @param {() => void} sent */
  constructor(talk, t, sent) {
    Object.assign(this, { talk, t, sent });
    const { attachments: files, maxText } = talk.config;
    const attachments = files?.maxBytes ? files : null;
    this.text = /** @type {HTMLTextAreaElement} */ (h('textarea', {
      rows: 1, 'aria-label': t.write, placeholder: t.write, maxlength: maxText, dir: 'auto', enterkeyhint: 'send', oninput: () => this.#typed(), onpaste: (e) => this.#take(e, e.clipboardData),
      onkeydown: (e) => {
        if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return;
        e.preventDefault();
        this.send();
      },
    }));
    this.text.value = talk.store.get('draft') ?? '';
    this.picker = /** @type {HTMLInputElement} */ (h('input', { type: 'file', multiple: true, accept: attachments?.accept?.join(','), hidden: true, onchange: () => { this.add(this.picker.files); this.picker.value = ''; } }));
    this.chips = h('div.chips', { hidden: true, role: 'status' });
    this.emoji = h('div.emoji', { hidden: true, role: 'group', 'aria-label': t.emoji }, ...Emoji.map((e) => h('button', { type: 'button', onclick: () => this.#insert(e) }, e)));
    this.smile = button('smile', t.emoji, () => this.pick(this.emoji.hidden));
    this.smile.setAttribute('aria-expanded', 'false');
    this.box = h('div.write', {
      'data-drop': t.drop, ondragover: (e) => { if (attachments) { e.preventDefault(); this.box.classList.add('over'); } }, ondragleave: () => this.box.classList.remove('over'),
      ondrop: (e) => { this.box.classList.remove('over'); this.#take(e, e.dataTransfer); },
    }, this.emoji, this.chips, h('div.line', {}, this.text, attachments ? button('clip', t.attach, () => this.picker.click()) : null, this.smile, this.picker,
      button('send', t.send, () => this.send(), '.send')));
  }

  /** @param {boolean} open */
  pick(open) {
    this.emoji.hidden = !open;
    this.smile.setAttribute('aria-expanded', String(open));
    (open ? /** @type {any} */ (this.emoji.firstChild) : this.text).focus();
  }

  /** @param {any} e @param {DataTransfer|null} data */
  #take(e, data) {
    if (!data?.files.length) return;
    e.preventDefault();
    this.add(data.files);
  }

  /** @param {Iterable<File>|null} files */
  add(files) {
    const { attachments } = this.talk.config;
    for (const file of attachments?.maxBytes ? files ?? [] : []) {
      const stop = new AbortController();
      const item = /** @type {any} */ ({ name: file.name, stop });
      const bar = /** @type {HTMLProgressElement} */ (h('progress', { max: 1, value: 0, 'aria-label': file.name }));
      item.chip = h('div.chip', {}, h('span', { dir: 'auto' }, file.name), bar, button('x', `${this.t.remove}: ${file.name}`, () => this.#remove(item)));
      this.#files.push(item);
      this.chips.append(item.chip);
      const isKind = !attachments.accept?.length || !file.type || attachments.accept.some((a) => a === file.type || (a.endsWith('/*') && file.type.startsWith(a.slice(0, -1))));
      if (file.size > attachments.maxBytes) this.#bad(item, put(this.t.big, { name: file.name, size: size(attachments.maxBytes) }));
      else if (!isKind) this.#bad(item, put(this.t.kind, file));
      else this.#upload(item, file, bar);
    }
    this.chips.hidden = !this.#files.length;
  }

  #upload(item, file, bar) {
    item.done = this.talk.start().then(() => this.talk.api.upload(file, (share) => { bar.value = share; }, item.stop.signal)).then((data) => {
      item.data = data;
      bar.remove();
    }, (e) => this.#bad(item, e.message ? `${file.name}: ${e.message}` : put(this.t.lost, file)));
  }

  #bad(item, words) {
    item.isBad = true;
    item.chip.classList.add('bad');
    item.chip.querySelector('progress')?.remove();
    item.chip.firstChild.textContent = words;
  }

  #remove(item) {
    item.stop.abort();
    item.chip.remove();
    this.#files = this.#files.filter((f) => f !== item);
    this.chips.hidden = !this.#files.length;
    this.text.focus();
  }

  async send() {
    const files = this.#files.filter((f) => !f.isBad);
    const text = this.text.value.trim();
    if (this.busy || (!text && !files.length)) return;
    this.busy = true; // until the files are there; what is typed meanwhile belongs to the same message
    await Promise.all(files.map((f) => f.done));
    this.busy = false;
    const there = files.filter((f) => f.data && this.#files.includes(f));
    if (there.length < files.length) return; // the chip says why
    const words = this.text.value.trim();
    this.text.value = '';
    this.#files = [];
    this.chips.replaceChildren();
    this.chips.hidden = this.emoji.hidden = true;
    this.talk.store.set('draft', null);
    this.grow();
    this.talk.send({ text: words, attachments: there.map((f) => f.data) });
    this.text.focus();
    this.sent();
  }

  #insert(emoji) {
    this.text.setRangeText(emoji, this.text.selectionStart, this.text.selectionEnd, 'end');
    this.pick(false);
    this.#typed();
  }

  #typed() {
    this.talk.store.set('draft', this.text.value || null);
    this.grow();
    this.talk.type(!!this.text.value);
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.talk.type(false), 5000);
  }

  /** As high as the text; only right while it is shown. */
  grow() {
    this.text.style.height = 'auto';
    this.text.style.height = `${Math.min(120, this.text.scrollHeight || 36)}px`;
  }
}
