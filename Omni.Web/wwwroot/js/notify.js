// What the browser does about notifications: a short sound, a number in the tab's title and on the app's icon, and the way in from a push.
import { store } from './dom.js';

/** One window rings, whichever gets there first. @param {string} id */
async function ring(id) {
  if (!navigator.locks) return play();
  return navigator.locks.request('omni-ring', async () => {
    if (store.get('omni.rang') === id) return;
    store.set('omni.rang', id);
    await play();
  });
}

/** Two soft notes. Browsers keep silent until the person has touched the page once. */
async function play() {
  const audio = new AudioContext();
  await Promise.race([audio.resume(), new Promise((done) => { setTimeout(done, 300); })]);
  if (audio.state !== 'running') {
    await audio.close();
    return;
  }
  const now = audio.currentTime;
  for (const [at, pitch] of [[0, 660], [0.14, 880]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, now + at);
    volume.gain.linearRampToValueAtTime(0.12, now + at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, now + at + 0.35);
    tone.connect(volume).connect(audio.destination);
    tone.start(now + at);
    tone.stop(now + at + 0.4);
  }
  document.documentElement.dataset.rang = String(Number(document.documentElement.dataset.rang ?? 0) + 1);
  setTimeout(() => audio.close(), 800);
}

class OmniBell extends HTMLElement {
  static observedAttributes = ['unread', 'ring'];

  connectedCallback() {
    // The page's own title changes with what is open; the number goes in front of whatever it says.
    this.titles = new MutationObserver(() => this.mark());
    this.titles.observe(document.head, { childList: true, subtree: true, characterData: true });
    this.mark();
  }

  disconnectedCallback() { this.titles?.disconnect(); }

  /** @param {string} name @param {string|null} old @param {string|null} value */
  attributeChangedCallback(name, old, value) {
    if (name === 'ring' && value && value !== old) ring(value);
    if (name === 'unread') this.mark();
  }

  mark() {
    const unread = Number(this.getAttribute('unread') ?? 0);
    const bare = document.title.replace(/^\(\d+\+?\) /, '');
    const wanted = unread > 0 ? `(${unread >= 100 ? '99+' : unread}) ${bare}` : bare;
    if (document.title !== wanted) document.title = wanted;
    const phone = document.querySelector('[data-bell]');
    if (phone && phone.getAttribute('data-unread') !== (unread > 0 ? String(Math.min(unread, 99)) : null)) {
      if (unread > 0) phone.setAttribute('data-unread', String(Math.min(unread, 99))); else phone.removeAttribute('data-unread');
      phone.setAttribute('aria-label', unread > 0 ? `Alerts: ${unread} unread` : 'Alerts');
    }
    if (this.badge === unread) return;
    this.badge = unread;
    const set = unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
    set?.catch(() => { /* not installed: there is no icon to mark */ });
  }
}
customElements.define('omni-bell', OmniBell);

// The phone's bell stands in the bottom bar: it opens the same panel, which the bell above fills.
document.addEventListener('beforetoggle', (e) => {
  if (/** @type {HTMLElement} */ (e.target).id !== 'alerts' || /** @type {ToggleEvent} */ (e).newState !== 'open') return;
  const bell = /** @type {HTMLElement|null} */ (document.querySelector('omni-bell'));
  bell?.dispatchEvent(new CustomEvent('omniopen', { bubbles: true, detail: {} }));
}, { capture: true });

// A click in the panel leads away; the panel goes.
document.addEventListener('click', (e) => {
  if (!(e.target instanceof Element) || !e.target.closest('[data-alert]')) return;
  /** @type {HTMLElement|null} */ (document.getElementById('alerts'))?.hidePopover();
  const message = new URL(/** @type {HTMLAnchorElement} */ (e.target.closest('[data-alert]')).href).searchParams.get('message');
  if (message) document.dispatchEvent(new CustomEvent('omni:show', { detail: message }));
});

/** Opens a place inside the running page. @param {string} url */
function open(url) {
  // @ts-ignore Blazor is the framework's global
  window.Blazor.navigateTo(url);
  const message = new URL(url, location.href).searchParams.get('message');
  if (message) document.dispatchEvent(new CustomEvent('omni:show', { detail: message }));
}

// The worker shows pushes and an offline page. It keeps nothing of the program itself, so it can never hold anybody on an old version;
// it is asked for anew with every page, past the browser's cache.
if ('serviceWorker' in navigator && isSecureContext) {
  navigator.serviceWorker.addEventListener('message', (e) => {
    if (e.data?.type === 'place') e.ports[0]?.postMessage(location.pathname);
    if (e.data?.type === 'open' && typeof e.data.url === 'string' && e.data.url.startsWith('/')) {
      open(e.data.url);
      e.ports[0]?.postMessage('opened');
    }
  });
  navigator.serviceWorker.register('/service-worker.js', { updateViaCache: 'none' }).catch(() => { /* forbidden by the person's settings: no pushes then */ });
}
