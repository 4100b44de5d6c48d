// Pushes on this device: what the browser allows, in words, and the button that changes it.
import { call } from './api.js';
import { announce, h, icon } from './dom.js';

/** @param {string} text base64url @returns {Uint8Array<ArrayBuffer>} */
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));

class OmniPush extends HTMLElement {
  connectedCallback() { this.show(); }

  async show() {
    const [tone, sign, words, button] = await this.state();
    if (!this.isConnected) return;
    this.replaceChildren(h('p', { class: 'push__state', role: 'status' }, h('span', { class: `chip ${tone}` }, icon(sign, 's'), words[0]), h('span', {}, words[1])), ...(button ? [button] : []));
  }

  /** @returns {Promise<[string, string, [string, string], HTMLElement|null]>} */
  async state() {
    if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) {
      return ['', 'info', ['Not possible', isSecureContext ? 'This browser has no pushes. On an iPhone or iPad, add Omni to the home screen first.' : 'Browsers allow pushes under https only.'], null];
    }
    if (Notification.permission === 'denied') {
      return ['chip--bad', 'lock', ['Blocked', 'You told this browser not to show notifications of Omni. Allow them in the browser’s settings of this site, then come back.'], null];
    }
    const registration = await navigator.serviceWorker.getRegistration('/');
    const subscription = await registration?.pushManager.getSubscription();
    return subscription && Notification.permission === 'granted'
      ? ['chip--ok', 'check', ['On', 'This device takes pushes.'], this.button('Turn off on this device', 'btn', () => this.off(subscription))]
      : ['', 'bell', ['Off', Notification.permission === 'granted' ? 'The browser allows notifications of Omni.' : 'The browser will ask you whether Omni may show notifications.'], this.button('Turn on for this device', 'btn btn--primary', () => this.on())];
  }

  /** @param {string} words @param {string} css @param {() => Promise<string|null>} work */
  button(words, css, work) {
    const button = /** @type {HTMLButtonElement} */ (h('button', { class: css, type: 'button', onclick: async () => {
      button.disabled = true;
      const failed = await work();
      await this.show();
      if (failed) this.append(h('p', { class: 'hint hint--bad', role: 'alert' }, icon('error', 's'), h('span', {}, failed)));
      else announce(this.querySelector('.push__state')?.textContent ?? '');
    } }, words));
    return button;
  }

  async on() {
    if (await Notification.requestPermission() !== 'granted') return null; // the state says what to do
    const key = await call('GET', '/push-subscriptions/key');
    if (!key.ok) return key.error?.message ?? 'The server cannot be reached.';
    try {
      await navigator.serviceWorker.register('/service-worker.js', { updateViaCache: 'none' });
      const registration = await navigator.serviceWorker.ready;
      const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key.data.publicKey) });
      const answer = await call('PUT', '/push-subscriptions', subscription.toJSON());
      if (answer.ok) return null;
      await subscription.unsubscribe();
      return answer.error?.message ?? 'The server did not take it.';
    } catch {
      return 'The browser could not reach its push service. Try again in a moment.';
    }
  }

  /** @param {PushSubscription} subscription */
  async off(subscription) {
    const answer = await call('DELETE', '/push-subscriptions', { endpoint: subscription.endpoint });
    await subscription.unsubscribe();
    return answer.ok ? null : answer.error?.message ?? null;
  }
}

if (!customElements.get('omni-push')) customElements.define('omni-push', OmniPush);
