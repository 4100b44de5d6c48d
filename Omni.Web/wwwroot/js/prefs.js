// How the reader wants pages to look and keys to work. The account keeps it; this browser keeps a copy for its first paint.
import { call } from './api.js';
import { announce, store } from './dom.js';

/** Where the browser keeps each, and the value that counts as none. @type {Record<string, {key: string, usual: string}>} */
const KEPT = {
  theme: { key: 'omni.theme', usual: '' },
  density: { key: 'omni.density', usual: 'roomy' },
  sendKey: { key: 'omni.send', usual: 'ctrlEnter' },
  shortcuts: { key: 'omni.keys', usual: 'on' },
};

/** @param {string} name @param {string} value */
function apply(name, value) {
  const { key, usual } = KEPT[name];
  const kept = value === usual ? null : value;
  store.set(key, kept);
  if (name !== 'theme' && name !== 'density') return;
  if (kept) document.documentElement.dataset[name] = kept;
  else delete document.documentElement.dataset[name];
}

/** Changes one, here at once and in the account. @param {string} name @param {string} value */
export async function prefer(name, value) {
  apply(name, value);
  const answer = await call('PATCH', '/users/me/settings', { [name]: name === 'shortcuts' ? value === 'on' : value });
  if (!answer.ok) announce('The server could not be reached: this is kept in this browser only.');
}

/** What the account says: written by the server into every page. */
class OmniPrefs extends HTMLElement {
  static observedAttributes = ['theme', 'density', 'sendkey', 'shortcuts'];

  /** @param {string} name @param {string|null} _ @param {string|null} value */
  attributeChangedCallback(name, _, value) {
    if (value !== null) apply(name === 'sendkey' ? 'sendKey' : name, value);
  }
}
customElements.define('omni-prefs', OmniPrefs);
