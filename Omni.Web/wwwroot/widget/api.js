// Calls to the server: a token in a header, never a cookie.

/** The server's answer when it was no success; without a status nothing came back at all. */
export class Failure extends Error {
  /** @param {number} [status] @param {any} [problem] @param {string|null} [after] */
  constructor(status, problem, after) {
    const [[field, words] = []] = Object.entries(problem?.errors ?? {});
    super(words?.[0] ?? problem?.detail ?? '');
    this.status = status;
    this.field = field;
    this.name = problem?.error?.name;
    this.after = Number(after) * 1000 || 0;
    // Trying again later may help.
    this.passing = !status || status === 408 || status === 429 || status >= 500;
  }
}

export class Api {
  /** @param {string} origin @param {string} site @param {import('./store.js').Store} store */
  constructor(origin, site, store) {
    this.origin = origin;
    this.base = `${origin}/widget/${site}`;
    this.store = store;
  }

  get headers() {
    const token = this.store.get('token');
    return token ? { 'X-Omni-Visitor': token } : {};
  }

  /** A signed address as the server gave it, made absolute; anything but http(s) is dropped. @param {string|null} url */
  address(url) {
    try {
      const at = new URL(url ?? '', `${this.origin}/`);
      return url && /^https?:$/.test(at.protocol) ? at.href : null;
    } catch {
      return null;
    }
  }

  /** @param {string} path @param {any} [body] @param {AbortSignal} [signal] @returns {Promise<Response>} */
  async open(path, body, signal) {
    const headers = /** @type {Record<string, string>} */ ({ ...this.headers });
    if (body) headers['Content-Type'] = 'application/json';
    const answer = await fetch(this.base + path, {
      method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body), signal, credentials: 'omit', cache: 'no-store',
    }).catch((e) => { throw signal?.aborted ? e : new Failure(); });
    if (answer.ok) return answer;
    throw new Failure(answer.status, await answer.json().catch(() => null), answer.headers.get('Retry-After'));
  }

  /** @param {string} path @param {any} [body] @param {AbortSignal} [signal] @returns {Promise<any>} the envelope; null without a body */
  async call(path, body, signal) {
    const answer = await this.open(path, body, signal);
    return answer.status === 204 ? null : answer.json();
  }

  /** Uploads a file. @param {File} file @param {(share: number) => void} onShare 0 to 1 @param {AbortSignal} signal @returns {Promise<any>} */
  upload(file, onShare, signal) {
    return new Promise((done, fail) => {
      const call = new XMLHttpRequest(); // fetch tells nothing of an upload's progress
      const form = new FormData();
      form.append('file', file, file.name);
      call.open('POST', `${this.base}/files`);
      for (const [name, value] of Object.entries(this.headers)) call.setRequestHeader(name, value);
      call.responseType = 'json';
      call.upload.onprogress = (e) => onShare(e.loaded / (e.total || 1));
      call.onload = () => (call.status < 300 ? done(call.response.data) : fail(new Failure(call.status, call.response)));
      call.onerror = call.onabort = () => fail(new Failure());
      signal.addEventListener('abort', () => call.abort());
      call.send(form);
    });
  }
}
