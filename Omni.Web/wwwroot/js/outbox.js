// What was sent and is not at the server yet. Kept in this browser, in order per conversation, and sent exactly once: the server
// knows a repeated client id. Works without a circuit, across reloads and in several tabs (one of them sends).
import { call } from './api.js';
import { store, userId, wait } from './dom.js';

/**
 * @typedef {object} Item
 * @property {string} clientId
 * @property {string} conversation
 * @property {'reply'|'note'} kind
 * @property {string} text
 * @property {{id: string, name: string, type: string}[]} attachments
 * @property {string|null} replyToId
 * @property {any} template
 * @property {string[]} [mentions] colleagues named in a note
 * @property {number|null} ifVersion what the writer had seen; null to send anyway
 * @property {string[]} seen ids of the newest messages that were on screen
 * @property {number} at milliseconds, rising
 * @property {'waiting'|'held'|'refused'|'sent'} state held: somebody else answered first, the writer decides
 * @property {string} reason
 * @property {number} tries
 * @property {any} [other] what came meanwhile
 */

export const changed = new EventTarget();
const prefix = () => `omni.out.${userId()}.`;
const tell = () => changed.dispatchEvent(new Event('change'));
let last = 0;

/** @returns {Item[]} in order */
export function items() {
  return store.keys(prefix()).map((k) => JSON.parse(store.get(k) ?? 'null')).filter(Boolean).sort((a, b) => a.at - b.at);
}

/** @param {Item} item */
function save(item) {
  store.set(prefix() + item.clientId, JSON.stringify(item));
  tell();
}

/** @param {string} clientId */
export function remove(clientId) {
  if (store.get(prefix() + clientId) !== null) {
    store.set(prefix() + clientId, null);
    tell();
  }
}

/**
 * Queues a message and begins to send.
 * @param {Pick<Item, 'conversation'|'kind'|'text'|'attachments'|'replyToId'|'template'|'ifVersion'|'seen'|'mentions'>} message
 * @returns {boolean} false when this browser can keep nothing
 */
export function send(message) {
  last = Math.max(Date.now(), last + 1, ...items().map((i) => i.at + 1));
  const item = /** @type {Item} */ ({ ...message, clientId: crypto.randomUUID(), at: last, state: 'waiting', reason: '', tries: 0 });
  const kept = store.set(prefix() + item.clientId, JSON.stringify(item));
  if (kept) {
    tell();
    pump();
  }
  return kept;
}

/** The writer saw the warning and sends all the same, or tries a refused one again. @param {string} clientId */
export function again(clientId) {
  const item = items().find((i) => i.clientId === clientId);
  if (item) {
    save({ ...item, state: 'waiting', ifVersion: null, reason: '', tries: 0 });
    pump();
  }
}

let pumping = false;
let wanted = false;

/** Sends what waits. Calling it too often costs nothing. */
export async function pump() {
  if (pumping) {
    wanted = true;
    return;
  }
  pumping = true;
  do {
    wanted = false;
    // One tab sends; where locks are missing the server's memory of client ids keeps it single.
    if (navigator.locks) await navigator.locks.request('omni-outbox', drain); else await drain();
  } while (wanted);
  pumping = false;
}

async function drain() {
  for (;;) {
    const heads = new Map();
    for (const item of items()) {
      if (item.state !== 'sent' && !heads.has(item.conversation)) heads.set(item.conversation, item);
    }
    const ready = [...heads.values()].filter((i) => i.state === 'waiting');
    if (ready.length === 0) return;
    const outcomes = await Promise.all(ready.map(attempt));
    const pause = Math.max(...outcomes);
    if (pause > 0) {
      await Promise.race([wait(pause), new Promise((resolve) => { addEventListener('online', resolve, { once: true }); addEventListener('omni:server', resolve, { once: true }); })]);
    }
  }
}

/** @param {Item} item @returns {Promise<number>} milliseconds to wait before the next try; 0 when it is decided */
async function attempt(item) {
  const body = {
    clientId: item.clientId, kind: item.kind, text: item.text || null, attachments: item.attachments.map((a) => a.id),
    replyToId: item.replyToId, template: item.template, ifVersion: item.ifVersion, mentions: item.mentions ?? [],
  };
  const answer = await call('POST', `/conversations/${item.conversation}/messages`, body);
  if (answer.ok) {
    save({ ...item, state: 'sent' });
    if (!document.querySelector(`omni-pending[conversation="${item.conversation}"]`)) remove(item.clientId);
    else setTimeout(() => remove(item.clientId), 30000); // the row normally comes within a moment
    return 0;
  }
  const came = answer.error?.details?.messages;
  if (answer.status === 409 && Array.isArray(came)) {
    const other = came.find((m) => m.direction !== 'in' && m.authorId !== userId() && !item.seen.includes(m.id));
    // Only a colleague's words are worth asking about; a tick or the customer's next line raises the version as well.
    save(other ? { ...item, state: 'held', other } : { ...item, ifVersion: answer.error?.details?.version ?? null });
    return 0;
  }
  if (answer.status === 0 || answer.status === 401 || answer.status === 429 || answer.status >= 500) {
    const tries = item.tries + 1;
    save({ ...item, tries, reason: answer.status === 401 ? 'Sign in again to send' : '' });
    return Math.max(answer.retryAfter * 1000, Math.min(30000, 500 * 2 ** Math.min(tries, 6)) * (0.7 + Math.random() * 0.6));
  }
  save({ ...item, state: 'refused', reason: answer.error?.message ?? 'It was refused.' });
  return 0;
}

/** Begins: what an earlier visit left is sent, what it had sent is forgotten. */
export function begin() {
  for (const item of items()) {
    if (item.state === 'sent') remove(item.clientId);
  }
  addEventListener('storage', (e) => { if (e.key?.startsWith('omni.out.')) { tell(); pump(); } });
  addEventListener('online', () => pump());
  pump();
}
