// News from the server. All tabs of a visitor share one stream: the tab that holds the lock reads it and tells the others.

const FirstWord = 4000; // a stream that says nothing for so long after its headers is held back by something in between
const Silence = 40000; // the server says something every 15 s

/** @param {number} ms @param {AbortSignal} signal */
const pause = (ms, signal) => new Promise((done) => {
  const timer = setTimeout(done, ms);
  const at = { once: true, signal: AbortSignal.timeout(ms + 1000) };
  addEventListener('online', () => { clearTimeout(timer); done(null); }, at);
  signal.addEventListener('abort', () => { clearTimeout(timer); done(null); }, at);
});

export class Stream {
  #end = new AbortController();
  #breaks = 0;
  #cursor = '';
  #polling = false;

  /**
   * @param {import('./api.js').Api} api
   * @param {string} site
   * @param {string} visitor
   * @param {(name: string, data: any) => void} on
   */
  constructor(api, site, visitor, on) {
    const name = site + visitor;
    Object.assign(this, { api, visitor, on });
    try {
      this.others = new BroadcastChannel(name);
      this.others.onmessage = (e) => this.#hear(e.data);
    } catch {
      this.others = null;
    }
    const run = () => this.#run();
    if (!this.others || !navigator.locks) return void run();
    navigator.locks.request(name, { signal: this.#end.signal }, run).catch((e) => { if (e.name !== 'AbortError') run(); });
  }

  close() {
    this.#end.abort();
    this.others?.close();
  }

  /** Tells the visitor's other tabs. @param {string} name @param {any} [data] */
  tell(name, data) {
    try {
      this.others?.postMessage({ name, data, cursor: this.#cursor });
    } catch {
      // closed meanwhile
    }
  }

  /** @param {{name: string, data: any, cursor: string}} news */
  #hear(news) {
    if (news.cursor) this.#cursor = news.cursor;
    this.on(news.name, news.data);
  }

  /** @param {string} name @param {any} data @param {string} [cursor] */
  #got(name, data, cursor) {
    this.#cursor = name === 'reset' ? '' : cursor || data?.cursor || this.#cursor;
    this.on(name, data);
    this.tell(name, data);
  }

  async #run() {
    const end = this.#end.signal;
    for (let wait = 500; !end.aborted;) {
      const from = Date.now();
      try {
        await (this.#polling ? this.#poll() : this.#read());
        wait = 500;
      } catch (e) {
        if (end.aborted) return;
        if (e.status === 401) return this.on('lost', null);
        if (e.status && !e.passing) return; // e.g. this site may no longer show the chat
        this.#got('down', null);
        await pause(e.after || wait * (0.75 + Math.random() / 2), end);
        wait = Date.now() - from > 30000 ? 500 : Math.min(30000, wait * 2);
      }
    }
  }

  get #after() {
    return this.#cursor ? `after=${encodeURIComponent(this.#cursor)}` : '';
  }

  async #poll() {
    const { data } = await this.api.call(`/events?poll=1&${this.#after}`, undefined, this.#end.signal);
    for (const event of data.events) this.#got(event.name, event.data);
    this.#got('up', null, data.cursor);
  }

  async #read() {
    const cut = new AbortController();
    const stop = () => cut.abort();
    this.#end.signal.addEventListener('abort', stop);
    let timer = setTimeout(stop, 2 * FirstWord);
    const within = (ms) => { clearTimeout(timer); timer = setTimeout(stop, ms); };
    let isReady = false;
    const from = Date.now();
    try {
      const answer = await this.api.open(`/events?${this.#after}`, undefined, cut.signal);
      within(FirstWord);
      const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = ''; ;) {
        const { value, done } = await reader.read();
        if (done) break;
        const parts = (rest + value).replaceAll('\r\n', '\n').split('\n\n');
        rest = parts.pop() ?? '';
        for (const part of parts) {
          const field = (name) => part.split('\n').filter((l) => l.startsWith(`${name}:`)).map((l) => l.slice(name.length + 1).trim()).join('\n');
          this.#cursor = field('id') || this.#cursor;
          if (!field('data')) continue;
          this.#got(field('event'), JSON.parse(field('data')), field('id'));
          if (!isReady) this.#got('up', null);
          isReady = true;
        }
        if (isReady) within(Silence);
      }
    } catch (e) {
      if (this.#end.signal.aborted || e.status) throw e;
      if (!cut.signal.aborted || isReady) throw e; // the line broke; a new one may hold
    } finally {
      clearTimeout(timer);
      this.#end.signal.removeEventListener('abort', stop);
      const isShort = isReady ? Date.now() - from < 20000 : cut.signal.aborted && !this.#end.signal.aborted;
      this.#breaks = isShort ? this.#breaks + (isReady ? 1 : 2) : isReady ? 0 : this.#breaks;
      this.#polling = this.#breaks > 1;
    }
    if (isReady) throw new Error('ended'); // by the server, e.g. because it stops: back off a little
  }
}
