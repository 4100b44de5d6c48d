// The talk between a visitor and the team: who the visitor is, the messages, and what is still on its way.
import { Stream } from './stream.js';

/**
 * @typedef {{id?: string, clientId: string, position?: number, direction: string, author?: any, text: string, attachments: any[], status: string, at: string, deletedAt?: string, reason?: string}} Message
 */

export class Talk extends EventTarget {
  /** @type {Message[]} */ messages = [];
  /** @type {Map<string, any>} on its way, by client id */ out = new Map();
  unread = 0;
  live = true;
  loaded = false;
  more = false;
  typing = /** @type {string|null} */ (null);
  teamRead = 0;
  visitor = /** @type {any} */ (null);
  #seen = 0;
  #typed = 0;
  #ahead = 0;

  /**
   * @param {import('./api.js').Api} api @param {import('./store.js').Store} store
   * @param {any} config @param {any} who what the page says of the visitor
   */
  constructor(api, store, config, who) {
    super();
    Object.assign(this, { api, store, config, who, team: config.team });
    this.#check();
    for (const key of store.keys('out.')) this.out.set(key.slice(4), { ...store.get(key), state: 'waiting' });
  }

  get isKnown() {
    return !!this.store.get('token');
  }

  /** Messages and what is on its way, in order. @returns {Message[]} */
  get all() {
    const waiting = [...this.out.values()].filter((o) => !this.messages.some((m) => m.clientId === o.clientId));
    return [...this.messages.filter((m) => !m.deletedAt), ...waiting.map((o) => ({ ...o, direction: 'visitor', status: o.state }))];
  }

  /** Makes the visitor known, once; reads the newest messages and listens. */
  start() {
    return (this.started ??= this.#start().catch((e) => {
      this.started = undefined;
      if (!e.passing) throw e;
      this.#set({ live: false });
      clearTimeout(this.anew);
      this.anew = setTimeout(() => this.start().catch(() => {}), e.after || 5000);
      throw e;
    }));
  }

  async #start() {
    await this.greet();
    await this.load();
    this.listen();
    this.flush();
  }

  /** Opens the stream of the present visitor, once. */
  listen() {
    if (this.stream?.visitor === this.visitor.id) return;
    this.stream?.close();
    this.isWhole = false;
    this.stream = new Stream(this.api, this.store.prefix, this.visitor.id, (name, data) => this.#on(name, data));
  }

  /** Tells the server who is here and on which page. @param {any} [more] */
  async greet(more) {
    Object.assign(this.who, more);
    this.#check();
    const { identifier, hmac, name, email, attributes } = this.who;
    const body = {
      identifier, hmac, name, email, attributes, referrer: document.referrer || undefined, page: page(),
      language: navigator.language, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    const call = async () => {
      const { data } = await this.api.call('/visitors', body);
      if (data.token) this.store.set('token', data.token);
      if (data.visitor.identified && identifier) this.store.set('who', identifier);
      this.#set({ visitor: data.visitor, unread: data.unread ?? 0 });
    };
    try {
      // Two tabs that open at once become one visitor: the second waits and finds the first one's token.
      await (this.isKnown ? call() : this.#alone(call));
    } catch (e) {
      if (!isForgotten(e) || !this.isKnown) throw e;
      this.#forget();
      await call();
    }
  }

  // Somebody else signed in to the site in this browser: they see nothing of the first person's talk.
  #check() {
    const before = this.store.get('who');
    if (!before || !this.who.identifier || before === this.who.identifier) return;
    for (const key of ['who', 'draft', 'asked', ...this.store.keys('out.')]) this.store.set(key, null);
    this.out.clear();
    this.#forget();
  }

  /** @param {() => Promise<void>} work */
  async #alone(work) {
    let ran = false;
    const once = () => { ran = true; return work(); };
    try {
      return await (navigator.locks ? navigator.locks.request(this.store.prefix, once) : once());
    } catch (e) {
      if (ran) throw e;
      return once(); // locks are forbidden here
    }
  }

  // The server does not know this browser any more. What is on its way stays and goes out as from somebody new.
  #forget() {
    this.store.set('token', null);
    this.stream?.close();
    this.stream = undefined;
    this.#set({ messages: [], visitor: null, unread: 0, loaded: false });
  }

  /** Reads the newest messages, or older ones before those that are there. @param {boolean} [older] */
  async load(older) {
    const before = older && this.messages[0]?.position;
    const { data, pagination } = await this.api.call(`/messages?limit=30${before ? `&before=${before}` : ''}`);
    for (const message of data) this.#put(message);
    if (older || !this.loaded) this.more = pagination ? !!pagination.nextCursor : data.length === 30;
    this.#set({ loaded: true });
  }

  /** @param {Message} message @returns {boolean} true when it was not there */
  #put(message) {
    const at = this.messages.findIndex((m) => m.id === message.id);
    if (at < 0) this.messages.push(message);
    else this.messages[at] = message;
    this.messages.sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
    if (this.out.delete(message.clientId)) this.store.set(`out.${message.clientId}`, null);
    return at < 0;
  }

  /** @param {string} name @param {any} data */
  #on(name, data) {
    if (name === 'message' || name === 'update') {
      const isNew = this.#put(data.message);
      if (isNew && data.message.direction === 'team') {
        this.typing = null;
        if (this.#ahead > 0) this.#ahead--; // the count that came with the connection has it in
        else this.unread++;
        this.dispatchEvent(new CustomEvent('incoming', { detail: data.message }));
      }
      this.#set({});
    } else if (name === 'typing') {
      clearTimeout(this.quiet);
      this.quiet = setTimeout(() => this.#set({ typing: null }), 8000);
      this.#set({ typing: data.active ? data.name || '' : null });
    } else if (name === 'read') this.#set({ teamRead: Math.max(this.teamRead, data.position) });
    else if (name === 'team') this.#set({ team: { ...this.team, ...data } });
    else if (name === 'ready') {
      if (!this.isWhole) {
        // What came after the messages were read and before the first stream stood belongs to neither: read once more.
        this.isWhole = true;
        this.load().catch(() => { this.isWhole = false; });
      }
      this.#ahead = Math.max(0, data.unread - this.unread);
      this.#set({ unread: data.unread, teamRead: Math.max(this.teamRead, data.read ?? 0) });
    }
    else if (name === 'seen') this.#set({ unread: 0 });
    else if (name === 'up') {
      this.#set({ live: true });
      this.flush();
    } else if (name === 'down') this.#set({ live: false });
    else if (name === 'reset') this.load().catch(() => {}); // the next event or page shows it
    else if (name === 'lost') {
      this.#forget();
      this.started = undefined;
      if (this.out.size) this.start().catch(() => {}); // otherwise with the next message
    }
  }

  /** Queues a message; it is kept until the server has it. @param {{text: string, attachments?: any[], fields?: any, offline?: boolean}} draft */
  send(draft) {
    const item = { attachments: [], ...draft, clientId: uuid(), page: page(), at: new Date().toISOString() };
    this.store.set(`out.${item.clientId}`, item);
    this.out.set(item.clientId, { ...item, state: 'waiting' });
    this.#typed = 0;
    this.#set({});
    this.#go(item.clientId);
  }

  /** @param {string} clientId */
  again(clientId) {
    Object.assign(this.out.get(clientId), { state: 'waiting' });
    this.#set({});
    this.#go(clientId);
  }

  #go(clientId) {
    this.start().then(() => this.flush(), (e) => (e.passing ? this.#mark(clientId, 'held') : this.#mark(clientId, 'failed', e.message)));
  }

  /** @param {string} clientId */
  drop(clientId) {
    this.out.delete(clientId);
    this.store.set(`out.${clientId}`, null);
    this.#set({});
  }

  #mark(clientId, state, reason) {
    Object.assign(this.out.get(clientId) ?? {}, { state, reason });
    this.#set({});
  }

  /** Sends what waits, one after the other, so that the order holds. */
  async flush() {
    if (this.flushing || !this.visitor) return;
    this.flushing = true;
    clearTimeout(this.later);
    for (let item; (item = [...this.out.values()].find((o) => o.state === 'waiting' || o.state === 'held'));) {
      const { clientId, text, attachments, fields, offline, page: where } = item;
      try {
        await this.api.call('/messages', { clientId, text, attachments: attachments.map((a) => a.id), fields, offline, page: where });
        item.state = 'received';
        this.tries = 0;
      } catch (e) {
        if (isForgotten(e) && !this.tries) {
          this.tries = 1;
          this.#forget();
          this.started = undefined;
          this.start().catch(() => {}); // sends again
          break;
        }
        if (e.passing) {
          item.state = 'held';
          this.tries = (this.tries ?? 0) + 1;
          this.later = setTimeout(() => this.flush(), e.after || Math.min(30000, 500 * 2 ** this.tries));
          break;
        }
        this.#mark(clientId, 'failed', e.message);
      }
      this.#set({});
    }
    this.flushing = false;
    this.#set({});
  }

  /** The visitor looks at the talk. */
  seen() {
    const last = Math.max(0, ...this.messages.filter((m) => m.direction === 'team').map((m) => m.position ?? 0));
    if (this.unread) {
      this.#set({ unread: 0 });
      this.stream?.tell('seen');
    }
    if (last <= this.#seen || !this.visitor) return;
    this.#seen = last;
    this.api.call('/read', { position: last }).catch(() => { this.#seen = 0; });
  }

  /** The visitor writes, or has stopped. @param {boolean} active */
  type(active) {
    if (!this.visitor || (active ? Date.now() - this.#typed < 4000 : !this.#typed)) return;
    this.#typed = active ? Date.now() : 0;
    this.api.call('/typing', { active }).catch(() => {}); // only a courtesy
  }

  #set(change) {
    Object.assign(this, change);
    this.dispatchEvent(new Event('change'));
  }
}

const isForgotten = (e) => e.status === 401 && e.name === 'TOKEN_INVALID';

const page = () => ({ url: location.href.slice(0, 2000), title: document.title.slice(0, 300) });

// Pages without https have no randomUUID.
const uuid = () => '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) => (+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));
