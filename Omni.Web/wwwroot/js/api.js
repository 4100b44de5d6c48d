// Calls to the program's own API: cookie, CSRF header, and answers as values.

/** @typedef {{ok: boolean, status: number, data: any, error: {code: number, name: string, message: string, details: any}|null, retryAfter: number}} Answer status 0: nobody answered */

let token = '';

/** @param {boolean} fresh */
async function csrf(fresh) {
  if (!token || fresh) {
    const response = await fetch('/api/v1/auth/antiforgery', { credentials: 'same-origin', cache: 'no-store' });
    const body = await response.json().catch(() => null);
    token = body?.data?.token ?? '';
  }
  return token;
}

/**
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {any} [body] JSON, or FormData
 * @param {{keepalive?: boolean}} [options]
 * @returns {Promise<Answer>}
 */
export async function call(method, path, body, options = {}) {
  try {
    let response = await once(method, path, body, options);
    if (method !== 'GET' && (response.status === 400 || response.status === 403)) {
      const old = token; // perhaps of an earlier session
      if (await csrf(true) !== old) response = await once(method, path, body, options);
    }
    const parsed = await response.json().catch(() => null);
    return {
      ok: response.ok,
      status: response.status,
      data: parsed?.data ?? null,
      error: response.ok ? null : parsed?.error ?? { code: response.status, name: '', message: parsed?.detail ?? `The server answered ${response.status}.`, details: null },
      retryAfter: Number(response.headers.get('retry-after')) || 0,
    };
  } catch {
    return { ok: false, status: 0, data: null, error: { code: 0, name: 'OFFLINE', message: 'The server cannot be reached.', details: null }, retryAfter: 0 };
  }
}

/** @param {string} method @param {string} path @param {any} body @param {{keepalive?: boolean}} options */
async function once(method, path, body, options) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CSRF-TOKEN'] = await csrf(false);
  const json = body !== undefined && !(body instanceof FormData);
  if (json) headers['Content-Type'] = 'application/json';
  return fetch(`/api/v1${path}`, { method, headers, body: json ? JSON.stringify(body) : body, credentials: 'same-origin', cache: 'no-store', keepalive: options.keepalive });
}

/**
 * Uploads a file with progress.
 * @param {File|Blob} file @param {string} name @param {(share: number) => void} onProgress @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
export async function upload(file, name, onProgress, signal) {
  const form = new FormData();
  form.append('file', file, name);
  let header = '';
  try { header = await csrf(false); } catch { /* the request below says that nobody answers */ }
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch tells no progress
    request.open('POST', '/api/v1/media');
    request.setRequestHeader('X-CSRF-TOKEN', header);
    request.responseType = 'json';
    request.upload.onprogress = (e) => e.lengthComputable && onProgress(e.loaded / e.total);
    const end = () => resolve({
      ok: request.status >= 200 && request.status < 300,
      status: request.status,
      data: request.response?.data ?? null,
      error: request.status >= 200 && request.status < 300 ? null : request.response?.error ?? { code: request.status, name: '', message: request.status ? `The server answered ${request.status}.` : 'The server cannot be reached.', details: null },
      retryAfter: 0,
    });
    request.onload = end;
    request.onerror = end;
    request.onabort = end;
    signal.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}
