// The chat itself: loaded when somebody opens it, or comes back to it.
import { panelLooks } from './looks.js';
import { Panel } from './panel.js';
import { chime } from './sound.js';
import { dress } from './style.js';
import { Talk } from './talk.js';

export class Chat extends EventTarget {
  /** @param {any} widget its launcher, box, store, config and what the page says of the visitor */
  constructor(widget) {
    super();
    const { api, store, config, who, t, language, box } = widget;
    Object.assign(this, { store, config });
    dress(box.getRootNode(), panelLooks);
    this.talk = new Talk(api, store, config, who);
    this.panel = new Panel(this.talk, t, language, { close: () => widget.close(), isMuted: () => this.isMuted, mute: () => this.#mute() });
    box.prepend(this.panel.dialog);
    this.talk.addEventListener('change', () => widget.draw());
    this.talk.addEventListener('incoming', (e) => this.#incoming(/** @type {CustomEvent} */ (e).detail, widget));
    if (this.talk.isKnown || this.talk.out.size) this.talk.start().catch(() => {}); // it goes on trying by itself
  }

  get isMuted() {
    return this.store.get('muted') ?? this.config.sound === false;
  }

  /** @param {boolean} focus */
  open(focus) {
    this.panel.show(focus);
    if (!this.config.identity?.required || this.talk.who.identifier || this.store.get('who')) this.talk.start().catch((e) => { if (!e.passing) this.panel.say(e.message); });
  }

  /** @param {any} who */
  async identify(who) {
    await this.talk.start();
    await this.talk.greet(who);
    this.talk.listen();
    await this.talk.load(); // what was written on other devices
    this.panel.draw();
  }

  #incoming(message, widget) {
    const { id, text, author } = message;
    widget.tell('message', { id, text, author: author?.name });
    const isSeen = this.panel.isOpen && !document.hidden;
    if (!isSeen && !this.isMuted) chime();
    if (!this.panel.isOpen) widget.launcher.say(author, text || message.attachments[0]?.name || '');
  }

  #mute() {
    this.store.set('muted', !this.isMuted);
  }
}
