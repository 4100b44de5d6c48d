// Unsent text: in this browser at every change, on the server within two seconds.
import { call } from './api.js';
import { store, userId } from './dom.js';

/** @typedef {{text: string, at: number}} Draft */

const key = (conversation, mode) => `omni.draft.${userId()}.${conversation}.${mode}`;
/** @type {Map<string, number>} */
const timers = new Map();

/** @param {string} conversation @param {string} mode @param {{text: string, at: string}|undefined} server @returns {string} the newer of both */
export function read(conversation, mode, server) {
  /** @type {Draft|null} */
  const local = JSON.parse(store.get(key(conversation, mode)) ?? 'null');
  const remote = server ? { text: server.text, at: Date.parse(server.at) } : null;
  if (!local) return remote?.text ?? '';
  return remote && remote.at > local.at ? remote.text : local.text;
}

/**
 * @param {string} conversation @param {string} mode @param {string} text
 * @param {(where: 'device'|'server') => void} told
 */
export function write(conversation, mode, text, told) {
  const at = Date.now();
  // An empty draft is kept too: it must win over older text that the server still has.
  store.set(key(conversation, mode), JSON.stringify({ text, at }));
  told('device');
  const name = key(conversation, mode);
  if (!timers.has(name)) timers.set(name, setTimeout(() => flush(conversation, mode, told), 1500));
}

/** @param {string} conversation @param {string} mode @param {(where: 'device'|'server') => void} [told] @param {boolean} [leaving] */
export async function flush(conversation, mode, told, leaving = false) {
  const name = key(conversation, mode);
  clearTimeout(timers.get(name));
  timers.delete(name);
  const draft = JSON.parse(store.get(name) ?? 'null');
  if (!draft) return;
  const answer = await call('PUT', `/conversations/${conversation}/draft`, { mode, text: draft.text, writtenAt: new Date(draft.at).toISOString() }, { keepalive: leaving });
  if (!answer.ok) return; // it stays on this device and goes with the next change
  if (draft.text === '' && store.get(name) === JSON.stringify(draft)) store.set(name, null);
  told?.('server');
}

/** Saves everything that waits; called when the page goes away. */
export function flushAll() {
  for (const name of [...timers.keys()]) {
    const [conversation, mode] = name.split('.').slice(-2);
    flush(conversation, mode, undefined, true);
  }
}

addEventListener('pagehide', flushAll);
